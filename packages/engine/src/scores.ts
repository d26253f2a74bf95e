import {
  argmax,
  brier,
  expectedCalibrationError,
  negativeLogLikelihood,
  type Table,
} from '@thalweg/ensembles'

/** How good predictions are, over a part of the data. */
export interface Scores {
  /** Mean negative log-likelihood, nats; Infinity where a label has the probability 0. */
  readonly loss: number
  readonly accuracy: number
  /** In [0, 2]. */
  readonly brier: number
  /** Expected calibration error, 15 bins of equal width. */
  readonly calibrationError: number
  /** Of each class the fraction of its samples that are right; null where it has none. */
  readonly classAccuracy: (number | null)[]
}

/** The scores on each part of the data. */
export interface PartScores {
  readonly validation?: Scores
  readonly test?: Scores
}

/** The scores of probabilities [rows, classes]; loss and accuracy as they are `measured`, where they are. */
export function scoresOf(
  predictions: Table,
  labels: Int32Array,
  classes: number,
  measured: { readonly loss?: number; readonly accuracy?: number } = {},
): Scores {
  const { loss = negativeLogLikelihood(predictions, labels, classes) } = measured
  const [right, all] = [new Float64Array(classes), new Float64Array(classes)]
  for (const [row, choice] of argmax(predictions, classes).entries()) {
    all[labels[row]]++
    if (choice === labels[row]) right[choice]++
  }
  const { accuracy = right.reduce((sum, count) => sum + count, 0) / labels.length } = measured
  return {
    loss,
    accuracy,
    brier: brier(predictions, labels, classes),
    calibrationError: expectedCalibrationError(predictions, labels, classes).error,
    classAccuracy: Array.from(all, (count, label) => (count === 0 ? null : right[label] / count)),
  }
}

/** JSON of reports: numbers that it has none for are texts, as everywhere in the service. */
export function reportJson(report: unknown): Uint8Array {
  const text = JSON.stringify(report, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
  return new TextEncoder().encode(text)
}
