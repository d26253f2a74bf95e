import type { Vector } from '../vector.ts'
import type { Bounds } from './bounds.ts'
import { createBreakpointHeap } from './breakpoint-heap.ts'
import type { Compact } from './compact.ts'
import type { Pairs } from './pairs.ts'
import { rowOf, timesTransposed } from './pairs-matrix.ts'

/** Where a variable is at the Cauchy point. */
export const free = 0
/** It stays at x: fixed (l = u), or at a bound with a gradient that does not point inside. */
export const held = 1
/** The path moved it to l. */
export const atLower = 2
/** The path moved it to u. */
export const atUpper = 3

/**
 * The generalised Cauchy point: the first local minimiser of the model along the projected steepest descent path.
 *
 *   m(z) = g'z + z'Bz / 2,   z(t) = P(x - t g) - x,   t_i = (x_i - u_i)/g_i for g_i < 0, (x_i - l_i)/g_i for g_i > 0
 *
 * On a segment z(t + r) = z + r d, d_i = -g_i while t_i > t, else 0: m' = g'd + d'Bz, m'' = d'Bd, minimiser r = -m'/m''.
 * With p = W'd and c = W'z, where variable b reaches its bound after r, with w_b row b of W,
 *
 *   c += r p,   m' += r m'' + g_b^2 + theta g_b z_b - g_b w_b'Mc,   m'' -= theta g_b^2 + 2 g_b w_b'Mp + g_b^2 w_b'M w_b,
 *   p += g_b w_b,   m'' <- max(m'', 2^-52 m''_0)
 *
 * p, c and w_b are kept as the forward passes of `compact`. Cost O(k n), and O(k^2 + log n) per breakpoint passed.
 *
 * Shapes: x, g, l, u [n]; p, c, w_b [2k].
 * Source: Byrd, Lu, Nocedal & Zhu 1995, algorithm CP; Zhu et al. 1997, Algorithm 778.
 * Departs: the recurrences lose all digits once the variables that reached a bound carried nearly the whole gradient;
 * m', m'', p and c are summed anew where d'd has fallen below 1e-6 of its value at the last such sum.
 */
export interface CauchySearch {
  /** x inside the bounds, g finite, count >= 1. False where the model's curvature is not a number. */
  search(x: Vector, g: Vector, pairs: Pairs, compact: Compact): boolean
  /** t at the Cauchy point: a free variable is at x_i - step g_i. */
  readonly step: number
  /** How many variables are not free. */
  readonly active: number
  /** How many breakpoints were passed. */
  readonly breakpoints: number
  /** [n] of free, held, atLower, atUpper. */
  readonly places: Uint8Array
  /** W'd on the first segment, [2k]. */
  readonly product: Float64Array
}

/** Room for the bounds' n variables and `memory` pairs; `work` [n] is written over by each search. */
export function createCauchySearch(bounds: Bounds, memory: number, work: Float64Array): CauchySearch {
  const { n, lower, upper } = bounds
  const places = new Uint8Array(n)
  const heap = createBreakpointHeap(n)
  const product = new Float64Array(2 * memory)
  const p = new Float64Array(2 * memory)
  const c = new Float64Array(2 * memory)
  const w = new Float64Array(2 * memory)
  let step = 0
  let active = 0
  let breakpoints = 0
  let moving = 0

  /** Places the variables, collects the breakpoints, writes d into `work`; returns d'd. */
  function start(x: Vector, g: Vector): number {
    heap.clear()
    active = 0
    breakpoints = 0
    moving = 0
    let squares = 0
    for (let i = 0; i < n; i++) {
      const slope = g[i]
      const above = upper[i] - x[i]
      const below = x[i] - lower[i]
      const inside = above > 0 && below > 0
      if ((slope < 0 && above > 0) || (slope > 0 && below > 0)) {
        places[i] = free
        work[i] = -slope
        moving++
        squares += slope * slope
        const time = slope < 0 ? above / -slope : below / slope
        if (time < Infinity) heap.add(i, time)
      } else {
        places[i] = inside ? free : held
        if (!inside) active++
        work[i] = 0
      }
    }
    return squares
  }

  /** Sums c = f(W'z) and p = f(W'd) at time t anew; returns d'd. */
  function sumAnew(x: Vector, g: Vector, pairs: Pairs, compact: Compact, t: number): number {
    let squares = 0
    for (let i = 0; i < n; i++) work[i] = places[i] === free ? -t * g[i] : displacement(x, i)
    timesTransposed(pairs, work, c)
    compact.forward(c)
    for (let i = 0; i < n; i++) {
      work[i] = places[i] === free ? -g[i] : 0
      squares += work[i] * work[i]
    }
    timesTransposed(pairs, work, p)
    compact.forward(p)
    return squares
  }

  function displacement(x: Vector, i: number): number {
    if (places[i] === held) return 0
    return (places[i] === atLower ? lower[i] : upper[i]) - x[i]
  }

  function search(x: Vector, g: Vector, pairs: Pairs, compact: Compact): boolean {
    const size = 2 * pairs.count
    const { theta } = pairs
    let squares = start(x, g)
    let freshSquares = squares
    timesTransposed(pairs, work, product)
    p.set(product)
    c.fill(0)
    compact.forward(p)
    let slope = -squares
    let curvature = theta * squares - compact.product(p, p)
    if (Number.isNaN(curvature)) return false
    let least = epsilon * curvature
    let t = 0
    // curvature that rounding made negative: stay, and leave the move to the subspace step
    let remaining = curvature > 0 ? -slope / curvature : 0
    while (heap.size > 0) {
      const time = heap.earliest()
      const length = time - t
      if (remaining < length) break
      const b = heap.pop()
      t = time
      const gb = g[b]
      places[b] = gb < 0 ? atUpper : atLower
      active++
      breakpoints++
      moving--
      if (moving === 0) {
        remaining = 0
        break
      }
      squares -= gb * gb
      if (squares < 1e-6 * freshSquares) {
        squares = freshSquares = sumAnew(x, g, pairs, compact, t)
        slope = (theta * t - 1) * squares - compact.product(c, p)
        curvature = theta * squares - compact.product(p, p)
        least = epsilon * curvature
      } else {
        rowOf(pairs, b, w)
        compact.forward(w)
        for (let j = 0; j < size; j++) c[j] += length * p[j]
        slope += length * curvature + gb * (gb + theta * displacement(x, b) - compact.product(w, c))
        curvature -= gb * (theta * gb + 2 * compact.product(w, p) + gb * compact.product(w, w))
        curvature = Math.max(curvature, least)
        for (let j = 0; j < size; j++) p[j] += gb * w[j]
      }
      if (Number.isNaN(curvature)) return false
      remaining = curvature > 0 ? Math.max(0, -slope / curvature) : 0
    }
    step = t + remaining
    return true
  }

  return {
    search,
    places,
    product,
    get step() {
      return step
    },
    get active() {
      return active
    },
    get breakpoints() {
      return breakpoints
    },
  }
}

const epsilon = 2 ** -52
