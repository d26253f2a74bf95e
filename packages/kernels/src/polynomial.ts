import type { Local } from './assembler/index.ts'
import { type Emit, get, set } from './emit.ts'
import type { Lanes } from './lanes.ts'

/** Places for powers that `polynomial` needs. */
export function powersFor(coefficients: number): number {
  return coefficients <= 2 ? 0 : Math.ceil(Math.log2(coefficients)) - 1
}

/**
 * c_0 + c_1 x + c_2 x^2 + … by Estrin's scheme: the halves of a polynomial do not wait for each other, as the steps of
 * Horner's rule do. `places` take x^2, x^4, x^8, …: `powersFor` the coefficients.
 */
export function polynomial(
  lanes: Lanes,
  coefficients: readonly number[],
  x: Local,
  places: readonly Local[],
): Emit {
  const powers = [x, ...places.slice(0, powersFor(coefficients.length))]
  return () => {
    for (const [index, power] of powers.entries()) {
      const next = powers[index + 1]
      if (next !== undefined) set(next, lanes.mul(get(power), get(power)))
    }
    inHalves(lanes, coefficients, powers)()
  }
}

/** `powers` are x, x^2, x^4, … */
function inHalves(lanes: Lanes, coefficients: readonly number[], powers: readonly Local[]): Emit {
  const [first] = coefficients
  if (coefficients.length === 1) return lanes.constant(first)
  const level = powersFor(coefficients.length)
  const [low, high] = [coefficients.slice(0, 2 ** level), coefficients.slice(2 ** level)].map((half) =>
    inHalves(lanes, half, powers),
  )
  return lanes.add(low, lanes.mul(high, get(powers[level])))
}
