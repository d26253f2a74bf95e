import type { Point } from './point.ts'
import type { Tolerance } from './tolerance.ts'

/** How long f has been idle, and since where. */
export interface SettlingState {
  /** Iterations without progress since the anchor. */
  idle: number
  anchorF: number
  anchorNorm: number
}

/** Iterations without progress after which f has settled if the model agrees, whatever it says, and is stuck. */
const idleAsPromised = 2
const idleWhatever = 10
const idleStuck = 20

/** A decrease of this part of |f| is seen in f64; below it lies the rounding of a sum of some hundred terms. */
const visible = 1e-13

/** A gradient of this part of |f| is small beside f. */
const smallBeside = 1e-3

/**
 * Whether f has settled at a point where a direction of slope g'd is known. An iteration is idle if f neither fell by more
 * than its tolerance (or 1e-13 |f|) below the anchor, nor the gradient to half of its norm there.
 *
 * - `settled`: idle for two iterations where the model promises no more than the tolerance either, -g'd / 2, or for ten; and
 *   the gradient is small beside f, as a model of bad pairs promises little anywhere
 * - `stuck`: idle for longer, whatever the gradient
 */
export function judgeSettling<V>(
  state: SettlingState,
  { f, gradientNorm, slope }: Point<V>,
  tolerance: Tolerance,
  modelled: boolean,
): 'moving' | 'settled' | 'stuck' {
  const size = Math.abs(f)
  const least = tolerance.f * size
  const falls = state.anchorF - f > Math.max(least, visible * size)
  if (falls || gradientNorm < state.anchorNorm / 2) {
    state.anchorF = Math.min(state.anchorF, f)
    state.anchorNorm = gradientNorm
    state.idle = 0
    return 'moving'
  }
  state.idle++
  const asPromised = modelled && -slope / 2 <= least
  if (state.idle < (asPromised ? idleAsPromised : idleWhatever)) return 'moving'
  const small = gradientNorm <= Math.max(10 * tolerance.gradient, smallBeside * size)
  if (tolerance.f > 0 && small) return 'settled'
  return state.idle >= idleStuck ? 'stuck' : 'moving'
}
