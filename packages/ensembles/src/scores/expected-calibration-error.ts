import { rowArgmax } from '../argmax.ts'
import { checkLabels, checkProbabilities, type Table } from '../predictions.ts'

export interface CalibrationOptions {
  /** The number of bins, a whole number in [1, ∞). Default 15. */
  readonly bins?: number
}

/** One bar of a reliability diagram: the rows whose confidence lies in (low, high]; the first bin has 0 too. */
export interface CalibrationBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** The mean confidence of its rows; NaN where it has none. */
  readonly confidence: number
  /** The fraction of its rows that are right; NaN where it has none. */
  readonly accuracy: number
}

export interface Calibration {
  /** The expected calibration error: sum_b count_b / rows |accuracy_b - confidence_b|, in [0, 1]. */
  readonly error: number
  /** The maximum calibration error: the largest |accuracy_b - confidence_b| of a bin with rows. */
  readonly maximumError: number
  readonly bins: readonly CalibrationBin[]
}

/**
 * How far confidence is from accuracy. The confidence of a row is its largest probability; it falls into one of B bins of
 * equal width, bin b = 0 ... B - 1 from b / B, excluded, to (b + 1) / B, included.
 *
 * Source: Guo et al. 2017, arXiv:1706.04599, equations 3 and 5; Naeini et al. 2015.
 */
export function expectedCalibrationError(
  predictions: Table,
  labels: ArrayLike<number>,
  classes: number,
  { bins = 15 }: CalibrationOptions = {},
): Calibration {
  const caller = 'expectedCalibrationError'
  const rows = checkProbabilities(caller, 'predictions', predictions, classes)
  checkLabels(caller, labels, rows, classes)
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new RangeError(`${caller}: bins must be a whole number in [1, ∞), got ${bins}`)
  }
  const counts = new Float64Array(bins)
  const confidences = new Float64Array(bins)
  const rights = new Float64Array(bins)
  for (let row = 0; row < rows; row++) {
    const top = rowArgmax(predictions, row, classes)
    const confidence = predictions[row * classes + top]
    const bin = binOf(confidence, bins)
    counts[bin]++
    confidences[bin] += confidence
    if (top === labels[row]) rights[bin]++
  }
  let error = 0
  let maximumError = 0
  const described = Array.from(counts, (count, bin) => {
    const confidence = confidences[bin] / count
    const accuracy = rights[bin] / count
    if (count > 0) {
      error += (count / rows) * Math.abs(accuracy - confidence)
      maximumError = Math.max(maximumError, Math.abs(accuracy - confidence))
    }
    return { low: bin / bins, high: (bin + 1) / bins, count, confidence, accuracy }
  })
  return { error, maximumError, bins: described }
}

/** The bin whose edges, as computed, enclose a confidence; a confidence above 1 by rounding is in the last. */
function binOf(confidence: number, bins: number): number {
  let bin = Math.min(Math.ceil(confidence * bins) - 1, bins - 1)
  if (bin > 0 && confidence <= bin / bins) bin--
  else if (bin < bins - 1 && confidence > (bin + 1) / bins) bin++
  return bin
}
