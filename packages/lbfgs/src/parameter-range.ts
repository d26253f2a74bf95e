/** Throws a RangeError unless `low` < `value` < `high`; `[low` or `high]` are allowed where `range` has brackets. */
export const requireInRange = (
  where: string,
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
    throw new RangeError(`${where}: ${parameter} must be a number in ${interval}, got ${value}`)
  }
}

/** Throws a RangeError unless `value` is a whole number of at least `least`. */
export const requireCount = (where: string, parameter: string, value: number, least: number): void => {
  if (!(Number.isSafeInteger(value) && value >= least))
    throw new RangeError(`${where}: ${parameter} must be a whole number in [${least}, ∞), got ${value}`)
}

/** Throws a RangeError unless `array` has `length` entries. */
export const requireLength = (
  where: string,
  parameter: string,
  array: ArrayLike<unknown>,
  length: number,
): void => {
  if (array.length !== length)
    throw new RangeError(`${where}: ${parameter} must have length ${length}, got ${array.length}`)
}

const named = (bound: number): string =>
  bound === Infinity ? '∞' : bound === -Infinity ? '-∞' : String(bound)
