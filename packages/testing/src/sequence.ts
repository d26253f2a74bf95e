/**
 * A fixed sequence of numbers in (-1, 1), by a linear congruence: the tests that use it need variety, not randomness,
 * and the same on every machine.
 */
export function sequence(length: number, seed: number): Float64Array {
  let state = seed | 0
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state / 2 ** 31
  })
}
