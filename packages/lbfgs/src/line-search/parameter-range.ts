/** Throws a RangeError unless `low` < `value` < `high`; `[low` or `high]` are allowed where `range` has brackets. */
export const requireInRange = (
  search: string,
  parameter: string,
  value: number,
  low: number,
  high: number,
  range: '()' | '[)' | '(]' | '[]',
): void => {
  const above = range[0] === '[' ? value >= low : value > low
  const below = range[1] === ']' ? value <= high : value < high
  if (!above || !below) {
    const interval = `${range[0]}${named(low)}, ${named(high)}${range[1]}`
    throw new RangeError(`${search}: ${parameter} must be a number in ${interval}, got ${value}`)
  }
}

/** Throws a RangeError unless `value` is a whole number of at least 1. */
export const requireTrials = (search: string, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${search}: maxTrials must be a whole number in [1, ∞), got ${value}`)
}

/** Throws a RangeError unless a search can start: phi(0) finite, phi'(0) < 0 finite, 0 < step <= stepMax, step finite. */
export const requireStart = (
  search: string,
  value: number,
  slope: number,
  step: number,
  stepMax: number,
): void => {
  requireInRange(search, 'value', value, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, '()')
  requireInRange(search, 'slope', slope, Number.NEGATIVE_INFINITY, 0, '()')
  requireInRange(search, 'stepMax', stepMax, 0, Number.POSITIVE_INFINITY, '(]')
  requireInRange(search, 'step', step, 0, Math.min(stepMax, Number.MAX_VALUE), '(]')
}

const named = (bound: number): string =>
  bound === Number.POSITIVE_INFINITY ? '∞' : bound === Number.NEGATIVE_INFINITY ? '-∞' : String(bound)
