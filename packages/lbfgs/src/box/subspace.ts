import type { Vector } from '../vector.ts'
import type { Bounds } from './bounds.ts'
import { atLower, type CauchySearch, free, held } from './cauchy-point.ts'
import type { Pairs } from './pairs.ts'
import { addTimes, timesTransposed } from './pairs-matrix.ts'
import { createQuasiDefinite } from './quasi-definite.ts'
import { createRowProducts } from './row-products.ts'

/**
 * The minimiser of the model over the variables Z that are free at the Cauchy point, the others A held where it has them:
 * the direct primal method, by Sherman, Morrison and Woodbury.
 *
 *   e_Z = -g_Z / theta + W_Z K^-1 q / theta,   q = W_A'e_A - W_Z'g_Z / theta,   e_A the displacement of the Cauchy point
 *
 *   K = M^-1 - W_Z'W_Z / theta = [ -E  N'              ]   E = D + Y_Z'Y_Z / theta
 *                                [  N  theta S_A'S_A   ]   N_ij = s_i'y_j over A for i > j, -s_i'y_j over Z for i <= j
 *
 * W_Z and W_A are the rows of W; the inner products over the smaller of Z and A are summed, those over the other are what
 * is left of the pairs' own. O(k n + k^2 min(|Z|, |A|) + k^3).
 *
 * Shapes: e, g [n]; q [2k]; K [2k, 2k], its blocks [k, k].
 * Source: Byrd, Lu, Nocedal & Zhu 1995, section 5.1; the blocks of K from Zhu et al. 1997, Algorithm 778.
 * Departs: the paper goes from the Cauchy point, r = -Z'(g + theta (x_c - x) - W M c), and adds B_ZZ^-1 r; with
 * W_Z'W_Z = theta (M^-1 - K) the terms in M and in x_c cancel, and one product with W' and one with W are left.
 */
export interface SubspaceStep {
  /** Writes e_Z into `work`; what `work` holds at A is undefined. False: K is not quasi-definite in floating point. */
  minimize(x: Vector, g: Vector, pairs: Pairs, cauchy: CauchySearch): boolean
}

/** Room for the bounds' n variables and `memory` pairs; `work` is [n]. */
export function createSubspaceStep(bounds: Bounds, memory: number, work: Float64Array): SubspaceStep {
  const { n, lower, upper } = bounds
  const reduced = createQuasiDefinite(memory)
  const rows = createRowProducts(memory)
  const u = new Float64Array(2 * memory)

  function factor(pairs: Pairs, places: Uint8Array, active: number): boolean {
    const { count, theta } = pairs
    const { matrix, stride } = reduced
    const overActive = 2 * active <= n
    rows.sum(pairs, places, overActive)
    for (let i = 0; i < count; i++) {
      const upperRow = i * stride
      const lowerRow = (count + i) * stride
      for (let j = 0; j < count; j++) {
        const yy = overActive ? pairs.yy(i, j) - rows.yy(i, j) : rows.yy(i, j)
        const sy = overActive === i > j ? rows.sy(i, j) : pairs.sy(i, j) - rows.sy(i, j)
        const ss = overActive ? rows.ss(i, j) : pairs.ss(i, j) - rows.ss(i, j)
        matrix[upperRow + j] = -yy / theta - (i === j ? pairs.sy(i, i) : 0)
        matrix[lowerRow + j] = i > j ? sy : -sy
        matrix[lowerRow + count + j] = theta * ss
      }
    }
    return reduced.factor(count)
  }

  /** q: the first segment's W'd / theta where the path passed no bound, as then e_A = 0. */
  function rightSide(x: Vector, g: Vector, pairs: Pairs, cauchy: CauchySearch): void {
    const { count, theta } = pairs
    const { places, product } = cauchy
    if (cauchy.breakpoints === 0) {
      for (let j = 0; j < 2 * count; j++) u[j] = product[j] / theta
      return
    }
    for (let i = 0; i < n; i++) {
      if (places[i] === free) work[i] = -g[i] / theta
      else if (places[i] === held) work[i] = 0
      else work[i] = (places[i] === atLower ? lower[i] : upper[i]) - x[i]
    }
    timesTransposed(pairs, work, u)
  }

  function minimize(x: Vector, g: Vector, pairs: Pairs, cauchy: CauchySearch): boolean {
    const { count, theta } = pairs
    if (!factor(pairs, cauchy.places, cauchy.active)) return false
    rightSide(x, g, pairs, cauchy)
    reduced.solve(u)
    for (let j = 0; j < 2 * count; j++) u[j] /= theta
    for (let i = 0; i < n; i++) work[i] = -g[i] / theta
    addTimes(pairs, u, work)
    return true
  }

  return { minimize }
}
