/** A scalar result: at once, or later where the vectors live on other threads or machines. */
export type Reply = void | Promise<void>

/**
 * The operations on vectors that the minimiser is written against. It never sees a coordinate: `V` may be a typed
 * array, an array in SIMD memory, or a handle to slices that live elsewhere.
 */
export interface VectorSpace<V> {
  /** The unit roundoff of a coordinate: 2^-52 in f64, 2^-23 in f32. */
  readonly epsilon: number
  /** A vector of zeros. */
  create(): V
  copy(from: V, to: V): void
  /** out = sum of coefficients[i] vectors[i] over the first `count`, from left to right; `out` may be vectors[0]. */
  combine(coefficients: Float64Array, vectors: readonly V[], count: number, out: V): void
  /**
   * Inner products of each of the first `count` vectors with `a` and with `b`, summed in f64:
   * out[2 i] = vectors[i] . a, out[2 i + 1] = vectors[i] . b.
   */
  products(vectors: readonly V[], count: number, a: V, b: V, out: Float64Array): Reply
  /** out[0] = a . b, out[1] = max |a_i|, NaN if a coordinate of a is NaN. */
  measure(a: V, b: V, out: Float64Array): Reply
}
