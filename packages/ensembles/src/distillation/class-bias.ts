import { checkLogits, type Table } from '../predictions.ts'

export interface ClassChoice {
  readonly classes: number
  /** The class, or several, in [0, classes): not all. */
  readonly classIndex: number | readonly number[]
}

/**
 * Logits with `offset` added to those of a class, or of several: [rows, classes], new.
 *
 * It gives a student back the classes that its transfer set lacked: see `fitBias`. Throws TypeError or RangeError for a
 * class that is none, an offset that is not finite, and logits that do not fit.
 *
 * @example withBias(new Float64Array([1, 2, 3]), { classes: 3, classIndex: 0, offset: 3.5 }) // [4.5, 2, 3]
 */
export function withBias(
  logits: Table,
  { classes, classIndex, offset }: ClassChoice & { readonly offset: number },
): Float64Array {
  checkLogits('withBias', 'logits', logits, classes)
  const chosen = chosenClasses('withBias', classes, classIndex)
  if (!Number.isFinite(offset)) throw new RangeError(`withBias: offset must be finite, got ${offset}`)
  return Float64Array.from(logits, (value, at) => (chosen.has(at % classes) ? value + offset : value))
}

export interface FittedBias {
  /** For `withBias`. */
  readonly offset: number
  /** The mean probability of the class with it: `prior`, within rounding. */
  readonly frequency: number
}

/**
 * The offset of a class's logit, or of several classes' at once, with which their mean probability is what it should be.
 *
 *   mean over rows of sum_{j in C} softmax(z + b [j in C])_j = prior
 *
 * For a student whose transfer set lacked the classes C. No labels are needed: `prior` is how often they are known to occur,
 * in (0, 1). Each row's share is 1 / (1 + e^-(m + b)), m its log-odds, and rises with b; the only solution lies between
 * logit(prior) - max m and logit(prior) - min m and is found by bisection, to the last bits. Throws as `withBias` does.
 * Source: Hinton et al. 2015, arXiv:1503.02531, section 3, where the offset is tuned on test labels.
 *
 * @example
 * fitBias(new Float64Array([0, 2, 0, 2]), { classes: 2, classIndex: 0, prior: 0.5 }) // { offset: 2, frequency: 0.5 }
 */
export function fitBias(
  logits: Table,
  { classes, classIndex, prior }: ClassChoice & { readonly prior: number },
): FittedBias {
  checkLogits('fitBias', 'logits', logits, classes)
  const chosen = chosenClasses('fitBias', classes, classIndex)
  if (!(prior > 0 && prior < 1)) throw new RangeError(`fitBias: prior must be in (0, 1), got ${prior}`)
  const odds = logOdds(logits, classes, chosen)
  const frequencyAt = (offset: number): number =>
    odds.reduce((sum, value) => sum + 1 / (1 + Math.exp(-(value + offset))), 0) / odds.length

  const target = Math.log(prior) - Math.log1p(-prior)
  const smallest = odds.reduce((least, value) => Math.min(least, value), Infinity)
  const largest = odds.reduce((most, value) => Math.max(most, value), -Infinity)
  let [low, high] = [target - largest, target - smallest]
  let offset = (low + high) / 2
  const tolerance = 2 * Number.EPSILON * Math.max(1, Math.abs(low), Math.abs(high))
  while (high - low > tolerance) {
    if (frequencyAt(offset) < prior) low = offset
    else high = offset
    offset = (low + high) / 2
  }
  return { offset, frequency: frequencyAt(offset) }
}

/** Each row's log of the odds that it is of one of the chosen classes, [rows]. */
function logOdds(logits: Table, classes: number, chosen: ReadonlySet<number>): Float64Array {
  return Float64Array.from({ length: logits.length / classes }, (_, row) => {
    const columns = Array.from(logits.subarray(row * classes, (row + 1) * classes))
    return (
      logSumExp(columns.filter((_, column) => chosen.has(column))) -
      logSumExp(columns.filter((_, column) => !chosen.has(column)))
    )
  })
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values)
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}

function chosenClasses(
  caller: string,
  classes: number,
  classIndex: number | readonly number[],
): ReadonlySet<number> {
  const indices = typeof classIndex === 'number' ? [classIndex] : classIndex
  for (const index of indices) {
    if (Number.isInteger(index) && index >= 0 && index < classes) continue
    throw new RangeError(`${caller}: classIndex must be a whole number in [0, ${classes}), got ${index}`)
  }
  const chosen = new Set(indices)
  if (chosen.size === 0 || chosen.size === classes) {
    throw new RangeError(`${caller}: classIndex must be some of ${classes} classes, got ${chosen.size}`)
  }
  return chosen
}
