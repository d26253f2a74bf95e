import type { Member } from '../predictions.ts'
import { type CombinationOptions, combineMembers, type Start } from './combination.ts'

/**
 * The weighted mean of the members' probabilities, [rows, classes].
 *
 *   p = sum_i w_i p_i / sum_i w_i
 *
 * Computed as a running mean, m <- m + (w / W) (p - m), W the weights so far: equal members give the member, bit for bit.
 * Its negative log-likelihood and its Brier score are never above the members' means.
 *
 * @example meanProbabilities([new Float64Array([0.9, 0.1]), new Float64Array([0.5, 0.5])], { classes: 2 }) // [0.7, 0.3]
 */
export function meanProbabilities(members: readonly Member[], options: CombinationOptions): Float64Array {
  return combineMembers('meanProbabilities', startMeanProbabilities, members, options).predictions
}

export const startMeanProbabilities: Start = (rows, classes) => {
  const mean = new Float64Array(rows * classes)
  return {
    add(table, weight, total) {
      const share = weight / total
      for (let at = 0; at < mean.length; at++) mean[at] += share * (table[at] - mean[at])
    },
    result: () => mean.slice(),
  }
}
