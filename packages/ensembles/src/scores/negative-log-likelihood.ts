import { checkLabels, checkProbabilities, type Table } from '../predictions.ts'

/**
 * The mean over the rows of -log p[label], in nats. Nothing is clipped: one probability of 0 at a label gives Infinity.
 */
export function negativeLogLikelihood(
  predictions: Table,
  labels: ArrayLike<number>,
  classes: number,
): number {
  const rows = checkProbabilities('negativeLogLikelihood', 'predictions', predictions, classes)
  checkLabels('negativeLogLikelihood', labels, rows, classes)
  return negativeLogLikelihoodOf(predictions, labels, classes)
}

/** The same of tables already checked. */
export function negativeLogLikelihoodOf(
  predictions: Table,
  labels: ArrayLike<number>,
  classes: number,
): number {
  let sum = 0
  for (let row = 0; row < labels.length; row++) sum -= Math.log(predictions[row * classes + labels[row]])
  return sum / labels.length
}
