/** The range a hyper-parameter must lie in. */
export interface Range {
  readonly greaterThan?: number
  readonly atLeast?: number
  readonly lessThan?: number
  readonly atMost?: number
  readonly integer?: true
}

const fraction: Range = { atLeast: 0, lessThan: 1 }
const positive: Range = { greaterThan: 0 }
const notNegative: Range = { atLeast: 0 }

/** Ranges by name: one name means one thing in every optimizer. */
const ranges: Readonly<Record<string, Range>> = {
  learningRate: positive,
  momentum: fraction,
  dampening: { atLeast: 0, atMost: 1 },
  decay: fraction,
  beta1: fraction,
  beta2: fraction,
  beta3: fraction,
  epsilon: positive,
  weightDecay: notNegative,
  initialAccumulator: notNegative,
  learningRateDecay: notNegative,
  momentumDecay: notNegative,
  trustCoefficient: positive,
}

/** The range of a hyper-parameter by its public name; unbounded where the name has no fixed meaning. */
export function rangeOf(name: string): Range {
  return Object.hasOwn(ranges, name) ? ranges[name] : {}
}

/** Throws RangeError naming owner, parameter, allowed range and value, unless the value is finite and in range. */
export function checkHyperparameter(
  owner: string,
  name: string,
  value: unknown,
  range: Range,
): asserts value is number {
  const inside =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value > (range.greaterThan ?? -Infinity) &&
    value >= (range.atLeast ?? -Infinity) &&
    value < (range.lessThan ?? Infinity) &&
    value <= (range.atMost ?? Infinity) &&
    (range.integer !== true || Number.isInteger(value))
  if (!inside) {
    const got = typeof value === 'string' ? JSON.stringify(value) : String(value)
    const what = range.integer ? 'a whole number in' : 'in'
    throw new RangeError(`${owner}: ${name} must be ${what} ${rangeText(range)}, got ${got}`)
  }
}

/** The range in interval notation: `[0, 1)`. */
export function rangeText(range: Range): string {
  const low = range.greaterThan ?? range.atLeast
  const high = range.lessThan ?? range.atMost
  return [
    low === undefined ? '(-∞' : `${range.greaterThan === undefined ? '[' : '('}${low}`,
    high === undefined ? '∞)' : `${high}${range.lessThan === undefined ? ']' : ')'}`,
  ].join(', ')
}
