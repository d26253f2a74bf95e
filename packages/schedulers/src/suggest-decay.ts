export interface DecayOptions {
  /** A fall, as a fraction of the whole fall, that no longer counts as progress; in [0, 1). Default 0.01. */
  readonly tolerance?: number
}

/** Where the loss has stopped falling, or why no such place can be told. */
export type DecaySuggestion =
  | {
      readonly kind: 'decay'
      /** The step, counted from the curve's start, from which the loss only moves around a level. */
      readonly step: number
      /** That level: the mean loss of the second half of what follows. */
      readonly level: number
    }
  | {
      readonly kind: 'none'
      /** too-short: fewer than 100 losses; not-finite: one of them is not finite. */
      readonly reason: 'too-short' | 'not-finite' | 'still-falling' | 'rising'
    }

const fewest = 100
/** The curve is looked at in blocks: of 5 losses, or more so that there are at most 40. */
const blockSize = 5
const blockCount = 40
/** Starts whose standard error exceeds the smallest by less than this, squared, count as good as the best. */
const slack = 1.25
/** Batches in each half of the plateau, and the 99.5 % quantile of Student's t with their degrees of freedom, 8. */
const halfBatches = 5
const quantile = 3.355

/**
 * The step at which a loss curve has reached its plateau, where the learning rate should be decayed. Give it the loss of
 * every step since the rate was last changed.
 *
 * 1. Where: of the medians y_i of m blocks, the plateau begins at the block d in the first half of the curve that makes
 *    the squared standard error of the mean of what follows smallest, or the earliest that is within a quarter of that:
 *    z(d) = sum_(i >= d) ((y_i - mean_d)^2 + f^2) / (m - d)^2
 * 2. Whether: what follows d is cut into two halves of 5 batches. The loss is still falling if the mean of the second half
 *    is lower by more than f and by more than 3.355 standard errors, which on a plateau happens once in 200 cases; rising
 *    in the same way. Means of long batches are nearly independent, as the losses of neighbouring steps are not.
 *
 * f is `tolerance` times the fall from the first block to the lowest.
 * Source: White 1997, "An effective truncation heuristic for bias reduction in simulation output" (MSER); Geweke 1992
 * (comparing an early and a late part of a chain); Schmeiser 1982 (batch means). The lecture notes' advice, "decide where
 * you need decay", is CS231n, "Annealing the learning rate".
 * Departs: without the floor f, the medians, by which a single spike ends no plateau, and the quarter, without which noise
 * may put the start far too late, step 1 is MSER.
 */
export function suggestDecay(
  losses: ArrayLike<number>,
  { tolerance = 0.01 }: DecayOptions = {},
): DecaySuggestion {
  if (!(tolerance >= 0 && tolerance < 1)) {
    throw new RangeError(`suggestDecay: tolerance must be in [0, 1), got ${tolerance}`)
  }
  const curve = Float64Array.from(losses)
  if (curve.length < fewest) return { kind: 'none', reason: 'too-short' }
  if (!curve.every(Number.isFinite)) return { kind: 'none', reason: 'not-finite' }

  const size = Math.max(blockSize, Math.ceil(curve.length / blockCount))
  const blocks = Array.from({ length: Math.floor(curve.length / size) }, (_, block) =>
    median(curve.subarray(block * size, (block + 1) * size)),
  )
  const floor = tolerance * (blocks[0] - Math.min(...blocks))
  const start = plateauStart(blocks, floor)
  const plateau = curve.subarray(start * size)
  const middle = plateau.length >> 1
  const early = batchMeans(plateau.subarray(0, middle))
  const late = batchMeans(plateau.subarray(middle))
  const fall = mean(early) - mean(late)
  const error = Math.sqrt((variance(early) + variance(late)) / halfBatches)
  if (Math.abs(fall) > Math.max(floor, quantile * error)) {
    return { kind: 'none', reason: fall > 0 ? 'still-falling' : 'rising' }
  }
  return { kind: 'decay', step: start * size, level: mean(late) }
}

/** The block with which the plateau begins; sums are built from the end. */
function plateauStart(blocks: readonly number[], floor: number): number {
  const squaredErrors = blocks.map(() => Infinity)
  let [center, squares] = [0, 0]
  for (let block = blocks.length - 1; block >= 0; block--) {
    const count = blocks.length - block
    const deviation = blocks[block] - center
    center += deviation / count
    squares += deviation * (blocks[block] - center)
    if (count >= blocks.length / 2) squaredErrors[block] = (squares / count + floor ** 2) / count
  }
  const smallest = Math.min(...squaredErrors)
  return squaredErrors.findIndex((error) => error <= slack * smallest)
}

function batchMeans(values: Float64Array): number[] {
  const bound = (batch: number) => Math.floor((batch * values.length) / halfBatches)
  return Array.from({ length: halfBatches }, (_, batch) =>
    mean(values.subarray(bound(batch), bound(batch + 1))),
  )
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1]
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]
  return sum / values.length
}

function variance(values: readonly number[]): number {
  const center = mean(values)
  return mean(values.map((value) => (value - center) ** 2)) * (values.length / (values.length - 1))
}
