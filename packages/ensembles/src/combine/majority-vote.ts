import { rowArgmax } from '../argmax.ts'
import type { Member } from '../predictions.ts'
import { type CombinationOptions, combineMembers, type Start } from './combination.ts'

/**
 * The share of the weighted votes that each class gets, [rows, classes]. A member votes for its most probable class, of
 * equally probable ones for the lowest. Classes with as many votes have equal shares, of which `argmax` takes the lowest.
 */
export function majorityVote(members: readonly Member[], options: CombinationOptions): Float64Array {
  return combineMembers('majorityVote', startMajorityVote, members, options).predictions
}

export const startMajorityVote: Start = (rows, classes) => {
  const votes = new Float64Array(rows * classes)
  return {
    add(table, weight) {
      for (let row = 0; row < rows; row++) votes[row * classes + rowArgmax(table, row, classes)] += weight
    },
    result: (total) => votes.map((each) => each / total),
  }
}
