/** What a range test recorded: the rate of each step, rising, and the loss at that step, before its update. */
export interface RangeTestCurve {
  readonly learningRates: ArrayLike<number>
  readonly losses: ArrayLike<number>
}

export interface LearningRateOptions {
  /** Weight of the past in the moving average of the loss; in [0, 1). Default 0.98. */
  readonly smoothing?: number
}

/** A learning rate, or why the curve suggests none. */
export type LearningRateSuggestion =
  | {
      readonly kind: 'rate'
      /** A tenth of the rate at which the smoothed loss was lowest. */
      readonly learningRate: number
      /** The rate at which the smoothed loss was lowest: the next larger ones only made it worse. */
      readonly lowest: number
      /** The rate at which the smoothed loss fell fastest over the logarithm of the rate. */
      readonly steepest: number
    }
  | {
      readonly kind: 'none'
      /**
       * too-few-points: fewer than 10 before the loss left its range; never-falls: no fall that stands out of the noise;
       * still-falling: the sweep ended before the loss rose, so that its end says nothing of larger rates.
       */
      readonly reason: 'too-few-points' | 'never-falls' | 'still-falling'
    }

const fewest = 10

/** A fall smaller than this many standard errors is noise; the lowest of many values is an extreme one. */
const significantErrors = 4

/**
 * The learning rate that a range test suggests: a tenth of that at which the smoothed loss is lowest.
 *
 *   m_i = s m_(i-1) + (1 - s) loss_i,   smoothed_i = m_i / (1 - s^(i+1))
 *
 * The curve counts up to the first loss that is not finite, or whose smoothed value exceeds the lowest so far by three
 * times its size (is above 4 times the lowest, for losses above 0).
 * Source: Smith 2017, arXiv:1506.01186, section 3.3; smoothing, stopping and the tenth are Gugger 2018, "How do you find a
 * good learning rate", and fastai's lr_find; `steepest` is fastai's other suggestion.
 * Departs: it says so when the loss never falls, or never rises.
 *
 * Throws RangeError when the lists differ in length or the rates are not above 0 and rising.
 */
export function suggestLearningRate(
  { learningRates, losses }: RangeTestCurve,
  { smoothing = 0.98 }: LearningRateOptions = {},
): LearningRateSuggestion {
  checkCurve(learningRates, losses)
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new RangeError(`suggestLearningRate: smoothing must be in [0, 1), got ${smoothing}`)
  }
  const { smoothed, lowest } = smoothedLosses(losses, smoothing)
  const length = smoothed.length
  if (length < fewest) return { kind: 'none', reason: 'too-few-points' }
  if (!fallsAt(lowest, losses, smoothed, smoothing)) return { kind: 'none', reason: 'never-falls' }
  if (lowest === losses.length - 1) return { kind: 'none', reason: 'still-falling' }

  let steepest = 1
  let slope = Infinity
  for (let index = 1; index <= lowest; index++) {
    const width = Math.log(learningRates[index] / learningRates[index - 1])
    const each = (smoothed[index] - smoothed[index - 1]) / width
    if (each < slope) [steepest, slope] = [index, each]
  }
  return {
    kind: 'rate',
    learningRate: learningRates[lowest] / 10,
    lowest: learningRates[lowest],
    steepest: learningRates[steepest],
  }
}

/** The moving average up to where the loss leaves its range, and the index of its lowest value. */
function smoothedLosses(losses: ArrayLike<number>, smoothing: number) {
  const smoothed: number[] = []
  let mean = 0
  let lowest = 0
  for (let index = 0; index < losses.length && Number.isFinite(losses[index]); index++) {
    mean = smoothing * mean + (1 - smoothing) * losses[index]
    const value = mean / (1 - smoothing ** (index + 1))
    const best = smoothed[lowest] ?? value
    if (value > best + 3 * Math.abs(best)) break
    smoothed.push(value)
    if (value < best) lowest = index
  }
  return { smoothed, lowest }
}

/**
 * Whether the lowest smoothed loss lies below the mean of the first tenth by more than noise. The noise of one loss is the
 * median absolute difference of neighbours, which is 0.954 standard deviations of a normal distribution.
 */
function fallsAt(
  lowest: number,
  losses: ArrayLike<number>,
  smoothed: readonly number[],
  smoothing: number,
): boolean {
  const early = Math.max(3, Math.floor(smoothed.length / 10))
  let start = 0
  for (let index = 0; index < early; index++) start += losses[index] / early
  const differences = smoothed.slice(1).map((_, index) => Math.abs(losses[index + 1] - losses[index]))
  const deviation = differences.sort((a, b) => a - b)[differences.length >> 1] / 0.954
  const error = deviation * Math.sqrt(1 / early + (1 - smoothing) / (1 + smoothing))
  return lowest >= early && start - smoothed[lowest] > significantErrors * error
}

function checkCurve(learningRates: ArrayLike<number>, losses: ArrayLike<number>): void {
  if (learningRates.length !== losses.length) {
    throw new RangeError(
      `suggestLearningRate: losses must be as many as learningRates, ${learningRates.length}, got ${losses.length}`,
    )
  }
  for (let index = 0; index < learningRates.length; index++) {
    const above = index === 0 ? 0 : learningRates[index - 1]
    if (!(learningRates[index] > above && learningRates[index] < Infinity)) {
      const range = `must be finite, above 0 and rising`
      throw new RangeError(
        `suggestLearningRate: learningRates[${index}] ${range}, got ${learningRates[index]} after ${above}`,
      )
    }
  }
}
