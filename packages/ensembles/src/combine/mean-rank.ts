import type { Member } from '../predictions.ts'
import { type CombinationOptions, combineMembers, type Start } from './combination.ts'

/**
 * The weighted mean of the classes' ranks, as shares, [rows, classes] (the Borda count).
 *
 *   p_k = sum_i w_i r_ik / sum_i w_i / (classes (classes - 1) / 2),
 *   r_ik = the number of classes that member i finds less probable than k, and half of the others it finds as probable
 *
 * Ranks forget how sure a member is: of use where members are badly calibrated. A class that all members find the least
 * probable has 0.
 */
export function meanRank(members: readonly Member[], options: CombinationOptions): Float64Array {
  return combineMembers('meanRank', startMeanRank, members, options).predictions
}

export const startMeanRank: Start = (rows, classes) => {
  const ranks = new Float64Array(rows * classes)
  const sorted = new Float64Array(classes)
  return {
    add(table, weight) {
      for (let first = 0; first < ranks.length; first += classes) {
        for (let index = 0; index < classes; index++) sorted[index] = table[first + index]
        sorted.sort()
        for (let at = first; at < first + classes; at++) {
          const less = countBefore(sorted, (value) => value < table[at])
          const upTo = countBefore(sorted, (value) => value <= table[at])
          ranks[at] += (weight * (less + upTo - 1)) / 2
        }
      }
    },
    result(total) {
      const all = (total * classes * (classes - 1)) / 2
      return ranks.map((rank) => rank / all)
    },
  }
}

/** How many values, rising, come before the first that is not `before`: bisection. */
function countBefore(sorted: Float64Array, before: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (before(sorted[middle])) low = middle + 1
    else high = middle
  }
  return low
}
