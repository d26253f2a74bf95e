import { choleskyFactor } from './cholesky.ts'
import { median } from './curvature.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/**
 * H + diagonal I, with H a sum of signed outer products of columns: H = sum_c signs[c] b_c b_c'.
 *
 * Shapes: `lower` [stride, stride] row-major, the lower triangle of H; columns [count, stride]; the first `size`
 * coordinates of each count.
 */
export interface TotalHessian {
  readonly lower: Float64Array
  /** H += times sum_c signs[c] b_c b_c' over `count` columns from the column `first` on. */
  add(
    columns: Float64Array,
    first: number,
    count: number,
    signs: Float64Array,
    times: number,
    size: number,
  ): void
  /** v' (H + diagonal I) v */
  energy(v: Float64Array, size: number, diagonal: number): number
  /** out = its Cholesky factor, lower triangle; where rounding has spoiled it, that of a larger diagonal. */
  factor(out: Float64Array, size: number, diagonal: number): void
  medianEigenvalue(size: number, diagonal: number): number
}

/** The first increase of a diagonal that is too small, as a part of the largest, and the factor between two. */
const increase = { first: 1e-14, growth: 4 }

export function createTotalHessian(stride: number): TotalHessian {
  const lower = new Float64Array(stride * stride)
  return {
    lower,
    add(columns, first, count, signs, times, size) {
      // Two columns a pass over H.
      for (let c = first; c < first + count; c += 2) {
        const isPair = c + 1 < first + count
        const one = c * stride
        const other = isPair ? one + stride : one
        const otherSign = isPair ? times * signs[c + 1] : 0
        for (let row = 0; row < size; row++) {
          const a = times * signs[c] * columns[one + row]
          const b = otherSign * columns[other + row]
          const start = row * stride
          for (let k = 0; k <= row; k++) lower[start + k] += a * columns[one + k] + b * columns[other + k]
        }
      }
    },
    energy(v, size, diagonal) {
      let sum = 0
      for (let row = 0; row < size; row++) {
        const start = row * stride
        let dot = 0
        for (let k = 0; k < row; k++) dot += lower[start + k] * v[k]
        sum += v[row] * (2 * dot + (lower[start + row] + diagonal) * v[row])
      }
      return sum
    },
    factor(out, size, diagonal) {
      let largest = diagonal
      for (let k = 0; k < size; k++) largest = Math.max(largest, lower[k * stride + k] + diagonal)
      for (let shift = 0; ; shift = Math.max(increase.growth * shift, increase.first * largest)) {
        out.set(lower)
        for (let k = 0; k < size; k++) out[k * stride + k] += diagonal + shift
        if (choleskyFactor(out, size, stride) || !(shift < largest)) return
      }
    },
    medianEigenvalue(size, diagonal) {
      if (size === 0) return diagonal
      const dense = new Float64Array(size * size)
      for (let i = 0; i < size; i++) {
        for (let j = 0; j <= i; j++) {
          dense[i * size + j] = lower[i * stride + j] + (i === j ? diagonal : 0)
          dense[j * size + i] = dense[i * size + j]
        }
      }
      const eigenvalues = new Float64Array(size)
      symmetricEigen(dense, size, eigenvalues)
      return median(eigenvalues.sort())
    },
  }
}
