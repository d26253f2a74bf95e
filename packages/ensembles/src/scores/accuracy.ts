import { rowArgmax } from '../argmax.ts'
import { checkLabels, checkProbabilities, type Table } from '../predictions.ts'

/** The fraction of rows whose most probable class is the label; of equally probable classes the lowest counts. */
export function accuracy(predictions: Table, labels: ArrayLike<number>, classes: number): number {
  const rows = checkProbabilities('accuracy', 'predictions', predictions, classes)
  checkLabels('accuracy', labels, rows, classes)
  return accuracyOf(predictions, labels, classes)
}

/** The same of tables already checked. */
export function accuracyOf(predictions: Table, labels: ArrayLike<number>, classes: number): number {
  let right = 0
  for (let row = 0; row < labels.length; row++) {
    if (rowArgmax(predictions, row, classes) === labels[row]) right++
  }
  return right / labels.length
}
