import type { Vector } from '../vector.ts'
import type { Bounds } from './bounds.ts'
import { atLower, atUpper, createCauchySearch, free } from './cauchy-point.ts'
import { createCompact } from './compact.ts'
import type { Pairs } from './pairs.ts'
import { createSubspaceStep } from './subspace.ts'

/**
 * - `ok`: d and z are written
 * - `singular`: the pairs give no positive definite B in floating point; d and z are undefined. Drop the pairs and ask
 *   again: with no pair the answer is always `ok`.
 */
type BoxOutcome = 'ok' | 'singular'

/** One direction of L-BFGS-B. It keeps work space only: what it answers depends on its arguments alone. */
export interface Box {
  readonly bounds: Bounds
  /** Writes z, the point that step 1 reaches (inside the box to the bit), and d = z - x. x inside, g finite; all [n]. */
  direction(x: Vector, g: Vector, pairs: Pairs, d: Vector, z: Vector): BoxOutcome
  /** g'd of the last direction. Negative, unless x satisfies the first-order conditions or rounding spoiled B. */
  readonly slope: number
  /** The largest step along the last d that stays in the box, at least 1. Copy z for step 1, clip x + step d otherwise. */
  readonly stepMax: number
  /** How many variables were free at the last Cauchy point. */
  readonly free: number
  /** How many breakpoints the last Cauchy search passed. */
  readonly breakpoints: number
  /** The last subspace step was cut at the first bound, because its projection did not descend. */
  readonly truncated: boolean
}

/**
 * The direction of L-BFGS-B: from x to the minimiser of the model m(z) = g'(z - x) + (z - x)'B(z - x) / 2 over the face of
 * the box that the generalised Cauchy point lies on.
 *
 *   z = P(x + e),   e = the Cauchy point's displacement on A, the subspace minimiser's on Z       d = z - x
 *   if g'd >= 0:    z = x_c + alpha (x + e - x_c),   alpha = the largest in [0, 1] inside the box
 *   no pair:        B = theta I, and the Cauchy point x_c = P(x - g / theta) is the answer
 *
 * Source: Byrd, Lu, Nocedal & Zhu 1995; projection of the whole subspace step: Morales & Nocedal 2011.
 * Departs: version 3.0 falls back to the cut step where (x_projected - x)'g > 0, here also where it is 0 or NaN.
 *
 * Room for `memory` pairs (a whole number >= 0): 21 n bytes and O(memory^2) beside; no call makes an array.
 */
export function createBox(bounds: Bounds, memory: number): Box {
  const { n, lower, upper } = bounds
  const work = new Float64Array(n)
  const compact = createCompact(memory)
  const cauchy = createCauchySearch(bounds, memory, work)
  const subspace = createSubspaceStep(bounds, memory, work)
  let slope = 0
  let stepMax = 1
  let freeCount = 0
  let breakpoints = 0
  let truncated = false

  /** z_i = value, clipped, and d_i. */
  function place(i: number, value: number, x: Vector, d: Vector, z: Vector): void {
    z[i] = value
    if (z[i] < lower[i]) z[i] = lower[i]
    else if (z[i] > upper[i]) z[i] = upper[i]
    d[i] = z[i] - x[i]
  }

  function slopeAlong(g: Vector, d: Vector): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum += g[i] * d[i]
    return sum
  }

  function steepest(x: Vector, g: Vector, theta: number, d: Vector, z: Vector): void {
    freeCount = 0
    for (let i = 0; i < n; i++) {
      place(i, x[i] - g[i] / theta, x, d, z)
      if (z[i] > lower[i] && z[i] < upper[i]) freeCount++
    }
    slope = slopeAlong(g, d)
  }

  /** z = the bounds on A, P(x_c + alpha (x + work - x_c)) on Z; `first`, if any, is put on the bound it moves to. */
  function arrive(x: Vector, g: Vector, alpha: number, first: number, d: Vector, z: Vector): void {
    const { places, step } = cauchy
    for (let i = 0; i < n; i++) {
      let value = x[i]
      if (places[i] === atLower) value = lower[i]
      else if (places[i] === atUpper) value = upper[i]
      else if (places[i] === free) {
        const move = work[i] + step * g[i]
        if (i === first) value = move > 0 ? upper[i] : lower[i]
        else value = alpha === 1 ? x[i] + work[i] : x[i] - step * g[i] + alpha * move
      }
      place(i, value, x, d, z)
    }
    slope = slopeAlong(g, d)
  }

  /** Cuts the step from x_c to x + work at the first bound of a free variable. */
  function truncate(x: Vector, g: Vector, d: Vector, z: Vector): void {
    const { places, step } = cauchy
    let alpha = 1
    let first = -1
    for (let i = 0; i < n; i++) {
      if (places[i] !== free) continue
      const point = x[i] - step * g[i]
      const move = work[i] + step * g[i]
      const room = Math.max(0, move > 0 ? upper[i] - point : point - lower[i])
      if (room < alpha * Math.abs(move)) {
        alpha = room / Math.abs(move)
        first = i
      }
    }
    arrive(x, g, alpha, first, d, z)
  }

  function direction(x: Vector, g: Vector, pairs: Pairs, d: Vector, z: Vector): BoxOutcome {
    truncated = false
    breakpoints = 0
    if (pairs.count === 0) steepest(x, g, pairs.theta, d, z)
    else {
      if (!compact.factor(pairs) || !cauchy.search(x, g, pairs, compact)) return 'singular'
      freeCount = n - cauchy.active
      breakpoints = cauchy.breakpoints
      if (freeCount > 0 && !subspace.minimize(x, g, pairs, cauchy)) return 'singular'
      arrive(x, g, 1, -1, d, z)
      truncated = freeCount > 0 && !(slope < 0)
      if (truncated) truncate(x, g, d, z)
    }
    stepMax = Math.max(1, bounds.largestStep(x, d))
    return 'ok'
  }

  return {
    bounds,
    direction,
    get slope() {
      return slope
    },
    get stepMax() {
      return stepMax
    },
    get free() {
      return freeCount
    },
    get breakpoints() {
      return breakpoints
    },
    get truncated() {
      return truncated
    },
  }
}
