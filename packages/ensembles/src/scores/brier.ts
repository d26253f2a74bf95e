import { checkLabels, checkProbabilities, type Table } from '../predictions.ts'

/**
 * The Brier score in [0, 2]: the sum over the classes of (p_k - [k = label])^2, its mean over the rows. With two classes
 * it is twice the form that looks at one of them.
 *
 * Source: Brier 1950, "Verification of forecasts expressed in terms of probability".
 */
export function brier(predictions: Table, labels: ArrayLike<number>, classes: number): number {
  const rows = checkProbabilities('brier', 'predictions', predictions, classes)
  checkLabels('brier', labels, rows, classes)
  return brierOf(predictions, labels, classes)
}

/** The same of tables already checked. */
export function brierOf(predictions: Table, labels: ArrayLike<number>, classes: number): number {
  let sum = 0
  for (let row = 0; row < labels.length; row++) {
    for (let index = 0; index < classes; index++) {
      const difference = predictions[row * classes + index] - (index === labels[row] ? 1 : 0)
      sum += difference * difference
    }
  }
  return sum / labels.length
}
