/**
 * The symmetric quasi-definite matrix of the compact representation and of its reduced form, 2k x 2k,
 *
 *   K = [ -E  N' ] = L P L',   E positive definite, H positive semidefinite, [k, k]
 *       [  N  H  ]             L unit lower triangular, P diagonal: k negative pivots, then k positive ones
 *
 * which exists without exchanges. Products with K^-1 need no inverse: with f(v) = L^-1 v, 2 k^2 multiplications,
 *
 *   v' K^-1 w = f(v)' P^-1 f(w)
 *
 * Source: Vanderbei 1995, "Symmetric quasidefinite matrices".
 * Departs: Byrd, Lu, Nocedal & Zhu 1995, section 3, factor E and the Schur complement H + N E^-1 N' = J J' by Cholesky, the
 * same elimination with roots; without them a factor of 2 in K passes through to the bit.
 */
export interface QuasiDefinite {
  /** K, row-major with rows of `stride`; only its lower triangle is read. factor() writes over it. */
  readonly matrix: Float64Array
  readonly stride: number
  /** Factors the leading 2k x 2k part; false where the pivots do not have these signs in floating point. */
  factor(k: number): boolean
  /** v <- f(v), [2k] */
  forward(v: Float64Array): void
  /** v' K^-1 w from f(v) and f(w). */
  product(forwardV: Float64Array, forwardW: Float64Array): number
  /** v <- K^-1 v, [2k] */
  solve(v: Float64Array): void
}

/** Room for blocks of up to `order` rows. */
export function createQuasiDefinite(order: number): QuasiDefinite {
  const stride = 2 * order
  const matrix = new Float64Array(stride * stride)
  const pivots = new Float64Array(stride)
  const inverses = new Float64Array(stride)
  let size = 0

  function factor(k: number): boolean {
    size = 2 * k
    for (let i = 0; i < size; i++) {
      const row = i * stride
      for (let j = 0; j <= i; j++) {
        let sum = matrix[row + j]
        for (let l = 0; l < j; l++) sum -= matrix[row + l] * pivots[l] * matrix[j * stride + l]
        if (j < i) {
          matrix[row + j] = sum / pivots[j]
        } else if ((i < k ? -sum : sum) > 0 && Number.isFinite(sum)) {
          pivots[i] = sum
          inverses[i] = 1 / sum
        } else return false
      }
    }
    return true
  }

  function forward(v: Float64Array): void {
    for (let i = 1; i < size; i++) {
      let sum = v[i]
      for (let j = 0; j < i; j++) sum -= matrix[i * stride + j] * v[j]
      v[i] = sum
    }
  }

  function product(v: Float64Array, w: Float64Array): number {
    let sum = 0
    for (let i = 0; i < size; i++) sum += v[i] * w[i] * inverses[i]
    return sum
  }

  function solve(v: Float64Array): void {
    forward(v)
    for (let i = 0; i < size; i++) v[i] *= inverses[i]
    for (let i = size - 1; i > 0; i--) {
      for (let j = 0; j < i; j++) v[j] -= matrix[i * stride + j] * v[i]
    }
  }

  return { matrix, stride, factor, forward, product, solve }
}
