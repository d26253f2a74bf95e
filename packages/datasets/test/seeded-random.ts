import type { RandomSource } from '../src/dataset.ts'

/** Random numbers for tests: the multiplicative congruential generator 48271 mod 2^31 - 1, and Box-Muller. */
export function seededRandom(seed: number): RandomSource {
  let state = seed
  const uniform = () => {
    state = (state * 48271) % 2147483647
    return (state - 1) / 2147483646
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, normal }
}

/** A source that must not be asked. */
export const noRandom: RandomSource = {
  uniform: () => {
    throw new Error('uniform() was called')
  },
  normal: () => {
    throw new Error('normal() was called')
  },
}

/** A source that answers from lists, and counts what is taken. */
export function scriptedRandom(uniforms: number[], normals: number[]): RandomSource & { left(): number } {
  const take = (list: number[]) => {
    const value = list.shift()
    if (value === undefined) throw new Error('no number left')
    return value
  }
  return {
    uniform: () => take(uniforms),
    normal: () => take(normals),
    left: () => uniforms.length + normals.length,
  }
}

/** The error that `action` throws. */
export function errorOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
