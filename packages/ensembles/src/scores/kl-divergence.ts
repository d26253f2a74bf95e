import { checkProbabilities, checkRows, type Table } from '../predictions.ts'

/**
 * The Kullback-Leibler divergence of each row of `predictions` from the same row of `reference` in nats, [rows].
 *
 *   KL(p || q) = sum_k p_k log(p_k / q_k) - p_k + q_k
 *
 * At least 0, and 0 where the rows are equal; Infinity where q_k = 0 < p_k. The last two terms are 0 for rows that sum to
 * 1; with them each term is at least 0, so that no rounding of the sums makes the result negative.
 */
export function klDivergence(predictions: Table, reference: Table, classes: number): Float64Array {
  const rows = checkProbabilities('klDivergence', 'predictions', predictions, classes)
  checkRows(
    'klDivergence',
    'reference',
    checkProbabilities('klDivergence', 'reference', reference, classes),
    rows,
  )
  return Float64Array.from({ length: rows }, (_, row) => rowDivergence(predictions, reference, row, classes))
}

/** KL(p || q) of one row of tables already checked. */
export function rowDivergence(p: Table, q: Table, row: number, classes: number): number {
  let sum = 0
  for (let at = row * classes; at < (row + 1) * classes; at++) {
    if (p[at] === 0) sum += q[at]
    else sum += Math.max(0, p[at] * Math.log(p[at] / q[at]) - p[at] + q[at])
  }
  return sum
}
