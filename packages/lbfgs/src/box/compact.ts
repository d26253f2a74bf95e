import type { Pairs } from './pairs.ts'
import { createQuasiDefinite } from './quasi-definite.ts'

/**
 * The compact representation of the BFGS matrix of k pairs, started from theta I:
 *
 *   B = theta I - W M W',   W = [Y  theta S],   M^-1 = [ -D   L'        ]    D = diag(s_i'y_i)
 *                                                      [  L   theta S'S ]    L_ij = s_i'y_j for i > j, else 0
 *
 * M is never formed: M^-1 is factored, by way of D and theta S'S + L D^-1 L', and v'Mw is a product of two short forward
 * passes (quasi-definite.ts). O(k^3) per iteration, O(k^2) per row of W.
 *
 * Shapes: S, Y [n, k]; W [n, 2k]; M [2k, 2k]; vectors of the middle space [2k].
 * Source: Byrd, Nocedal & Schnabel 1994; Byrd, Lu, Nocedal & Zhu 1995, section 3.
 */
export interface Compact {
  /** Takes the inner products of these pairs. False: no positive definite B in floating point; drop the pairs. */
  factor(pairs: Pairs): boolean
  /** v <- f(v), [2k]; after it `product` gives v'Mw. */
  forward(v: Float64Array): void
  /** v'Mw from f(v) and f(w). */
  product(forwardV: Float64Array, forwardW: Float64Array): number
}

/** Room for `memory` pairs. */
export function createCompact(memory: number): Compact {
  const inverse = createQuasiDefinite(memory)
  function factor(pairs: Pairs): boolean {
    const { count, theta } = pairs
    const { matrix, stride } = inverse
    for (let i = 0; i < count; i++) {
      const upperRow = i * stride
      const lowerRow = (count + i) * stride
      for (let j = 0; j < count; j++) {
        matrix[upperRow + j] = i === j ? -pairs.sy(i, i) : 0
        matrix[lowerRow + j] = i > j ? pairs.sy(i, j) : 0
        matrix[lowerRow + count + j] = theta * pairs.ss(i, j)
      }
    }
    return inverse.factor(count)
  }
  return { factor, forward: inverse.forward, product: inverse.product }
}
