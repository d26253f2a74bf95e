/** Checks of arguments. Each returns the value, or throws an error with the name, the range and the value. */

/** Most numbers a generator may be asked for: 2^28 features are 1 GiB. */
export const maximumValues = 2 ** 28

/** An integer in [minimum, maximum]. Throws TypeError for no number, RangeError outside. */
export function requireInteger(name: string, value: unknown, minimum: number, maximum: number): number {
  const number = requireTypeNumber(name, value)
  if (!Number.isInteger(number) || number < minimum || number > maximum)
    throw new RangeError(`${name} must be an integer from ${minimum} to ${maximum}; received ${number}`)
  return number
}

/** A finite number >= 0. Throws TypeError for no number, RangeError outside. */
export function requireNonNegative(name: string, value: unknown): number {
  const number = requireTypeNumber(name, value)
  if (!(number >= 0 && number < Infinity))
    throw new RangeError(`${name} must be a finite number >= 0; received ${number}`)
  return number
}

/** A number in [0, 1). Throws TypeError for no number, RangeError outside. */
export function requireFraction(name: string, value: unknown): number {
  const number = requireTypeNumber(name, value)
  if (!(number >= 0 && number < 1)) throw new RangeError(`${name} must be in [0, 1); received ${number}`)
  return number
}

function requireTypeNumber(name: string, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number; received ${typeof value}`)
  return value
}
