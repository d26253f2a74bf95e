import { checkProbabilities, type Table } from '../predictions.ts'

/** The entropy of each row in nats, -sum_k p_k log p_k with 0 log 0 = 0, [rows]; from 0 to log(classes). */
export function entropy(predictions: Table, classes: number): Float64Array {
  const rows = checkProbabilities('entropy', 'predictions', predictions, classes)
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const p = predictions[at]
      if (p > 0) sum -= p * Math.log(p)
    }
    return sum
  })
}
