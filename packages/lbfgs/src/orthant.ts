import type { Geometry } from './geometry.ts'
import { createTwoLoop } from './two-loop.ts'
import type { Vector } from './vector.ts'
import type { VectorSpace } from './vector-space.ts'

/** A step this short means that coordinates went up as they reached 0: the next direction follows the paper's rule. */
const shortStep = 1e-3

/** The penalty strength sum |x_i| over the coordinates of the mask. */
export interface L1 {
  /** In [0, ∞). */
  readonly strength: number
  /** Which coordinates are penalised, one entry each; default all. A bias should not be. */
  readonly mask?: ArrayLike<boolean | number>
}

/**
 * OWL-QN, the orthant-wise minimiser of F(x) = f(x) + C |x|_1, f smooth.
 *
 * Pseudo-gradient p, the steepest slope of F:  x_i > 0: g_i + C;  x_i < 0: g_i - C;
 *                                              x_i = 0: g_i + C if g_i < -C, g_i - C if g_i > C, else 0
 *   d = -H p, H from pairs of f alone;  d_i = 0 where it goes up, d_i p_i >= 0, and x_i = 0 or x_i + d_i changes sign
 *   trial = x + a d, with 0 where it leaves the orthant of x, which is sign(x_i), or sign(-p_i) where x_i = 0
 *   accepted where F(trial) <= F(x) + c1 p'(trial - x)
 *
 * What must vanish is p. Source: Andrew & Gao, "Scalable training of L1-regularized log-linear models", ICML 2007.
 *
 * Departs: there d_i = 0 wherever d_i p_i >= 0, inside an orthant too, where F is smooth: in a curved valley that
 * leaves one coordinate moving at a time (Bard's problem with C = 0.1: 1,043 evaluations, here 24). If what remains
 * here does not descend, or the last step was short (only that rule keeps p'(trial - x) < 0 at every step), that rule is
 * applied after all; trials with p'(trial - x) >= 0 are refused.
 */
export function orthantGeometry<A extends Vector>(
  space: VectorSpace<A>,
  memory: number,
  { strength, mask }: L1,
): Geometry<A> {
  const twoLoop = createTwoLoop(space, memory)
  /** p of the point where the direction starts, and that point. */
  const pseudo = space.create()
  let from: Vector = pseudo
  const weights = Float64Array.from(pseudo, (_, index) => (mask === undefined || mask[index] ? strength : 0))

  function lookFrom(x: A, gradient: A): void {
    from = x
    for (let i = 0; i < x.length; i++) pseudo[i] = pseudoDerivative(x[i], gradient[i], weights[i])
  }

  /** d_i = 0 where it goes up p_i, in the penalised coordinates that are chosen. */
  function align(x: A, direction: A, chosen: (x: number, d: number) => boolean): void {
    for (let i = 0; i < direction.length; i++) {
      const up = direction[i] * pseudo[i] >= 0
      if (up && weights[i] > 0 && chosen(x[i], direction[i])) direction[i] = 0
    }
  }

  function descends(direction: A): boolean {
    let slope = 0
    let size = 0
    for (let i = 0; i < direction.length; i++) {
      slope += pseudo[i] * direction[i]
      size += Math.abs(pseudo[i] * direction[i])
    }
    return slope < -1e-6 * size
  }

  return {
    name: 'orthant',
    allProducts: false,
    enter() {},
    direct(point, history, direction) {
      lookFrom(point.x, point.gradient)
      history.project(pseudo)
      twoLoop(history, pseudo, direction)
      align(point.x, direction, (x, d) => x === 0 || x * (x + d) < 0)
      if (descends(direction) && (point.step > shortStep || history.count === 0)) return 'ok'
      align(point.x, direction, () => true)
      return descends(direction) || history.count === 0 ? 'ok' : 'reset'
    },
    resume: (point) => lookFrom(point.x, point.gradient),
    steepestStep: (_direction, slope) => 1 / Math.sqrt(-slope),
    largestStep: () => Infinity,
    move(point, direction, step, trial) {
      for (let i = 0; i < direction.length; i++) {
        const x = point.x[i]
        trial.x[i] = x + step * direction[i]
        const leaves = weights[i] > 0 && trial.x[i] * (x === 0 ? -pseudo[i] : x) <= 0
        if (leaves) trial.x[i] = 0
      }
    },
    measure(trial, direction, out) {
      let slope = 0
      let norm = 0
      let penalty = 0
      let change = 0
      for (let i = 0; i < direction.length; i++) {
        const x = trial.x[i]
        const derivative = pseudoDerivative(x, trial.gradient[i], weights[i])
        slope += derivative * direction[i]
        const size = Math.abs(derivative)
        if (!(size <= norm)) norm = Math.max(norm, size)
        penalty += weights[i] * Math.abs(x)
        change += pseudo[i] * (x - from[i])
      }
      out[0] = slope
      out[1] = norm
      out[2] = penalty
      out[3] = change < 0 ? change : Number.NaN
    },
  }
}

function pseudoDerivative(x: number, g: number, c: number): number {
  if (x > 0) return g + c
  if (x < 0) return g - c
  if (Number.isNaN(g)) return g
  return g < -c ? g + c : g > c ? g - c : 0
}
