/** Throws RangeError unless the value is a whole number from `least`. */
export function wholeNumber(owner: string, name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return
  throw new RangeError(`${owner}: ${name} must be a whole number in [${least}, ∞), got ${value}`)
}

/** Throws RangeError unless the value is a finite number above 0. */
export function positive(owner: string, name: string, value: number): void {
  if (value > 0 && value < Infinity) return
  throw new RangeError(`${owner}: ${name} must be in (0, ∞), got ${value}`)
}
