/** Throws RangeError unless a number is whole and at least `least`. */
export function wholeNumber(place: string, name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RangeError(`${place}: ${name} must be a whole number in [${least}, ∞), got ${value}`)
}
