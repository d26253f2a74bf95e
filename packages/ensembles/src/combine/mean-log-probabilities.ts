import type { Member } from '../predictions.ts'
import { type CombinationOptions, combineMembers, type Start } from './combination.ts'

/**
 * The weighted geometric mean of the members' probabilities, renormalised, [rows, classes].
 *
 *   p_k = exp(s_k) / sum_j exp(s_j),  s_k = sum_i w_i log p_ik / sum_i w_i
 *
 * A member that gives a class 0 rules it out: it stays 0. Where every class of a row is ruled out, those remain that the
 * least weight speaks against, and members that give them 0 are left out of their s. This is the limit of zeros replaced
 * by an epsilon that goes to 0; no row becomes NaN.
 */
export function meanLogProbabilities(members: readonly Member[], options: CombinationOptions): Float64Array {
  return combineMembers('meanLogProbabilities', startMeanLogProbabilities, members, options).predictions
}

/** Weights against two classes that differ by less than this fraction of all weights are equal but for rounding. */
const tie = 1e-12

export const startMeanLogProbabilities: Start = (rows, classes) => {
  /** Running means of log p, zeros counted as log 1. */
  const mean = new Float64Array(rows * classes)
  /** The weight of the members that give the class 0. */
  const against = new Float64Array(rows * classes)
  return {
    add(table, weight, total) {
      const share = weight / total
      for (let at = 0; at < mean.length; at++) {
        if (table[at] === 0) {
          against[at] += weight
          mean[at] -= share * mean[at]
        } else {
          mean[at] += share * (Math.log(table[at]) - mean[at])
        }
      }
    },
    result(total) {
      const result = new Float64Array(rows * classes)
      for (let first = 0; first < result.length; first += classes) {
        const end = first + classes
        let least = Infinity
        for (let at = first; at < end; at++) least = Math.min(least, against[at])
        const most = least === 0 ? 0 : least + tie * total
        let largest = -Infinity
        for (let at = first; at < end; at++) {
          if (against[at] <= most) largest = Math.max(largest, mean[at])
        }
        let sum = 0
        for (let at = first; at < end; at++) {
          if (against[at] > most) continue
          result[at] = Math.exp(mean[at] - largest)
          sum += result[at]
        }
        for (let at = first; at < end; at++) result[at] /= sum
      }
      return result
    },
  }
}
