import type { History } from './history.ts'
import type { Point } from './point.ts'
import type { Reply } from './vector-space.ts'

/**
 * What a constraint or a penalty changes in the minimiser: where directions point, how far a step may go, and what must
 * vanish at a solution. The free space, a box and the orthants of an L1 penalty are the three there are.
 */
export interface Geometry<V> {
  readonly name: 'free' | 'box' | 'orthant'
  /** Whether the history keeps all inner products. */
  readonly allProducts: boolean
  /** Moves a start into the feasible set. */
  enter(x: V): void
  /** Writes the direction at `point`; 'reset' if the pairs of the history cannot be used. */
  direct(point: Point<V>, history: History<V>, direction: V): 'ok' | 'reset'
  /** Works out again what it knew of a direction that `direct` wrote at `point`: after a restore. */
  resume(point: Point<V>, history: History<V>, direction: V): void
  /** The first step to try along a direction that knows no curvature. */
  steepestStep(direction: V, slope: number): number
  /** The largest step along the direction. */
  largestStep(point: Point<V>, direction: V): number
  /** trial = point + step direction, made feasible. */
  move(point: Point<V>, direction: V, step: number, trial: Point<V>): void
  /**
   * Measures an evaluated trial: out[0] the derivative along `direction`, out[1] the largest component of what must
   * vanish, out[2] the penalty to add to f, out[3] the decrease that the derivative at the start promised.
   */
  measure(trial: Point<V>, direction: V, out: Float64Array): Reply
}
