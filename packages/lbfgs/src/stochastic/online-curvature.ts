import { createHistory, type History } from '../history.ts'
import { createTwoLoop } from '../two-loop.ts'
import type { Reply, VectorSpace } from '../vector-space.ts'
import type { OnlineSettings } from './online-options.ts'

/**
 * The inverse Hessian of a stochastic L-BFGS method: that of the newest pairs (s, y) on H_0 = gamma I.
 *
 *   gamma = mean of s'y / y'y over the pairs, or that of the newest; epsilon without pairs
 *
 * A first move of epsilon may be lost in rounding, or meet negative curvature: each pair refused before there is any makes
 * epsilon ten times larger, to at most 1 (or to what it was set to, if that is more).
 */
export interface OnlineCurvature<V> {
  readonly history: History<V>
  /** The H_0 of the next direction without pairs. */
  firstScale: number
  /** Pairs refused. */
  refused: number
  /**
   * Writes d = -H g and returns g'd < 0; without the pairs if they give no descent. 0 where g vanishes, or so nearly that
   * d does: d is then of no use.
   */
  direct(gradient: V, direction: V): number
  /**
   * Offers s = step.to - step.from, y = change.to - change.from + lambda s. The pair joins the others if s'y > `least`, and
   * its quotients are numbers.
   */
  offer(step: Difference<V>, change: Difference<V>, least: number): void
}

interface Difference<V> {
  readonly from: V
  readonly to: V
}

export function createOnlineCurvature<V>(
  space: VectorSpace<V>,
  { memory, epsilon, lambda }: OnlineSettings,
  scaling: 'mean' | 'newest',
): OnlineCurvature<V> {
  const history = createHistory(space, memory)
  const twoLoop = createTwoLoop(space, memory)
  const out = new Float64Array(2)
  const largestScale = Math.max(1, epsilon)
  const coefficients = Float64Array.of(1, -1, lambda)
  const vectors: V[] = []

  function gamma(): number {
    const { count } = history
    if (count === 0) return curvature.firstScale
    if (scaling === 'newest') return history.gamma
    let sum = 0
    for (let i = 0; i < count; i++) sum += history.sy(i, i) / history.yy(i, i)
    return sum / count
  }

  function slopeOf(gradient: V, direction: V): number {
    atOnce(history.project(gradient))
    twoLoop(history, gradient, direction, gamma())
    atOnce(space.measure(direction, gradient, out))
    return Number.isFinite(out[1]) && out[0] > -Infinity && out[0] < 0 ? out[0] : 0
  }

  const curvature: OnlineCurvature<V> = {
    history,
    firstScale: epsilon,
    refused: 0,
    direct(gradient, direction) {
      const slope = slopeOf(gradient, direction)
      if (slope < 0 || history.count === 0) return slope
      atOnce(space.measure(gradient, gradient, out))
      if (out[0] === 0) return 0
      history.clear()
      return slopeOf(gradient, direction)
    },
    offer(step, change, least) {
      const newest = history.count
      const [s, y] = [history.s(newest), history.y(newest)]
      vectors[0] = step.to
      vectors[1] = step.from
      space.combine(coefficients, vectors, 2, s)
      vectors[0] = change.to
      vectors[1] = change.from
      vectors[2] = s
      space.combine(coefficients, vectors, lambda === 0 ? 2 : 3, y)
      atOnce(history.measure(y))
      const sy = history.sy(newest, newest)
      const yy = history.yy(newest, newest)
      const sound = Number.isFinite(yy / sy) && sy / yy > 0 && Number.isFinite(sy / yy)
      if (sy > least && sound) {
        history.commit()
        return
      }
      curvature.refused++
      if (newest === 0) curvature.firstScale = Math.min(10 * curvature.firstScale, largestScale)
    },
  }
  return curvature
}

/** Throws TypeError for a space whose answers come later. */
export function atOnce(reply: Reply): void {
  if (reply !== undefined) throw new TypeError('onlineLbfgs: space must answer at once, got a promise')
}
