type Vector = Float32Array | Float64Array

/** What hands out arrays: a workspace. */
export interface Arrays {
  f32(length: number): Float32Array
  f64(length: number): Float64Array
}

/** An array, and whether what lies beside it is as it was. */
export interface Guarded {
  readonly values: Vector
  readonly address: number
  intact(): boolean
}

const guards = 5

/** An array of `content` at an odd place, with guards on both sides that a kernel must leave alone. */
export function guarded(
  arrays: Arrays,
  precision: 'f32' | 'f64',
  content: Readonly<ArrayLike<number>>,
): Guarded {
  const { length } = content
  const whole = arrays[precision](length + 2 * guards).fill(7)
  const values = whole.subarray(guards, guards + length)
  values.set(content)
  return {
    values,
    address: values.byteOffset,
    intact: () => whole.every((value, index) => value === 7 || (index >= guards && index < guards + length)),
  }
}
