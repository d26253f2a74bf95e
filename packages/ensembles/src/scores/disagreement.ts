import { rowArgmax } from '../argmax.ts'
import { checkMembers, type Member } from '../predictions.ts'

export interface Disagreement {
  /** [members, members], row-major: the fraction of rows on which two members choose different classes. */
  readonly matrix: Float64Array
  /** The mean over all pairs; of one member 0. */
  readonly mean: number
}

/** How often members choose different classes; a member's choice is its most probable class, the lowest of equal ones. */
export function disagreement(
  members: readonly Member[],
  { classes }: { readonly classes: number },
): Disagreement {
  const { tables, rows } = checkMembers('disagreement', members, classes)
  const choices = tables.map((table) =>
    Int32Array.from({ length: rows }, (_, row) => rowArgmax(table, row, classes)),
  )
  const count = members.length
  const matrix = new Float64Array(count * count)
  let sum = 0
  for (let first = 0; first < count; first++) {
    for (let second = first + 1; second < count; second++) {
      let different = 0
      for (let row = 0; row < rows; row++) {
        if (choices[first][row] !== choices[second][row]) different++
      }
      matrix[first * count + second] = different / rows
      matrix[second * count + first] = different / rows
      sum += different / rows
    }
  }
  return { matrix, mean: count === 1 ? 0 : sum / ((count * (count - 1)) / 2) }
}
