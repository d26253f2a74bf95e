import { requireCount, requireInRange } from '../parameter-range.ts'
import type { LineSearch, LineSearchOutcome } from './line-search.ts'
import { searchOfState } from './search-of-state.ts'
import { beginRecord, emptyRecord, giveUp, proceed, recordTrial, withdraw } from './trial-record.ts'

export type MoreThuenteOptions = {
  /** Sufficient decrease, in (0, 1). Default 0.2, or c2 if that is less. */
  readonly c1?: number
  /** Curvature, in [c1, 1). Default 0.9. */
  readonly c2?: number
  /** Relative width of the bracket at which the search ends, in [0, 1). Default 1e-10. */
  readonly xtol?: number
  /** Trials of one search, at least 1. Default 20. */
  readonly maxTrials?: number
  /** The smallest step, in [0, ∞). Default 0. */
  readonly stepMin?: number
}

/**
 * More-Thuente line search, as `dcsrch` and `dcstep` of MINPACK-2, step for step.
 *
 *   accepts a with   phi(a) <= phi(0) + c1 a phi'(0)   and   |phi'(a)| <= c2 |phi'(0)|
 *   stage 1, until psi(a) = phi(a) - phi(0) - c1 a phi'(0) <= 0 and phi'(a) >= 0: where phi(a) is the lowest but
 *   psi(a) > 0 the step comes from psi, else from phi
 *   no bracket yet: next a in a + [1.1, 4] (a - x);  bracket (x, y): bisected when two updates left more than .66 of it
 *
 * x is the best end of the interval, y the other one. Safeguarded cubic and quadratic steps: see `nextStep`.
 *
 * xtol: L-BFGS-B has .1, with which 11 of the 24 searches of More & Thuente's tables 1-6 end without a step that
 * satisfies the conditions; libLBFGS has 1e-16, under the rounding of a step. At 1e-10 the ends of a bracket are still
 * apart in f64 and no decrease worth a trial is left between them. Where it ends a search the outcome is `rounding`.
 *
 * c1: the usual 1e-4 takes any decrease. Over 42 test problems from 60 perturbed starts each, L-BFGS needs 2,990 evaluations
 * with 0.2 and 3,400 with 1e-4: long steps that hardly descend lead into valleys. Above 1/2 it would refuse Newton steps.
 *
 * Source: More & Thuente 1994, ACM TOMS 20, 286-307; MINPACK-2 `dcsrch`, `dcstep` (Averick & More, 1993).
 * Departs: a trial that is not finite closes all steps from there on: the next lies a quarter of the way to it from x,
 * later ones at most half way. `dcsrch` ends some searches by asking for the best step a second time; here that step is
 * the answer at once. c2 < c1, for which no step need exist, is refused.
 */
export const moreThuente = (options: MoreThuenteOptions = {}): LineSearch => {
  const { c2 = 0.9, c1 = Math.min(0.2, c2), xtol = 1e-10, maxTrials = 20, stepMin = 0 } = options
  requireInRange('moreThuente', 'c1', c1, 0, 1, '()')
  requireInRange('moreThuente', 'c2', c2, c1, 1, '[)')
  requireInRange('moreThuente', 'xtol', xtol, 0, 1, '[)')
  requireInRange('moreThuente', 'stepMin', stepMin, 0, Infinity, '[)')
  requireCount('moreThuente', 'maxTrials', maxTrials, 1)
  const state = {
    ...emptyRecord,
    firstStage: true,
    bracketed: false,
    x: 0,
    valueX: 0,
    slopeX: 0,
    y: 0,
    valueY: 0,
    slopeY: 0,
    /** Limits of the next trial: the bracket, or how far an interval without one may grow. */
    lower: 0,
    upper: 0,
    /** Width of the bracket one update ago, and two. */
    width: 0,
    widthBefore: 0,
  }

  const start = (value: number, slope: number, step: number, stepMax: number): void => {
    beginRecord('moreThuente', state, value, slope, step, stepMax)
    state.step = Math.min(Math.max(step, stepMin), stepMax)
    restart()
  }

  /** Nothing is known but phi(0) and phi'(0). */
  const restart = (): void => {
    state.firstStage = true
    state.bracketed = false
    state.x = 0
    state.valueX = state.startValue
    state.slopeX = state.startSlope
    state.y = 0
    state.valueY = state.startValue
    state.slopeY = state.startSlope
    state.lower = 0
    state.upper = state.step + 4 * state.step
    state.width = state.stepMax - stepMin
    state.widthBefore = state.width / 0.5
  }

  const tell = (value: number, slope: number): LineSearchOutcome => {
    const step = state.step
    if (!recordTrial(state, value, slope)) return reject(step)
    const slopeTest = c1 * state.startSlope
    const valueTest = state.startValue + step * slopeTest
    if (state.firstStage && value <= valueTest && slope >= 0) state.firstStage = false
    if (value <= valueTest && Math.abs(slope) <= c2 * -state.startSlope) return 'accepted'
    if (step === state.stepMax && value <= valueTest && slope <= slopeTest) return 'step-limit'
    if (step === stepMin && (value > valueTest || slope >= slopeTest)) return giveUp(state, 'rounding')

    if (state.firstStage && value <= state.valueX && value > valueTest) {
      state.valueX -= state.x * slopeTest
      state.valueY -= state.y * slopeTest
      state.slopeX -= slopeTest
      state.slopeY -= slopeTest
      nextStep(value - step * slopeTest, slope - slopeTest)
      state.valueX += state.x * slopeTest
      state.valueY += state.y * slopeTest
      state.slopeX += slopeTest
      state.slopeY += slopeTest
    } else nextStep(value, slope)
    return confine(step)
  }

  /**
   * `dcstep`: the next step from the trial at `state.step` with `value` and `slope`, then the new interval.
   *
   * - higher value: cubic through x if closer to x than the quadratic, else half way between the two; brackets
   * - slope of the other sign: the farther one of cubic and secant; brackets
   * - smaller slope: cubic if it tends to infinity beyond the trial, else a limit; with the secant the nearer one in a
   *   bracket (no further than .66 of the way to y), the farther one without
   * - else: cubic through y in a bracket, a limit without
   */
  const nextStep = (value: number, slope: number): void => {
    const { step, x, valueX, slopeX, y } = state
    const turned = slope * (slopeX / Math.abs(slopeX)) < 0
    let next: number
    if (value > valueX) {
      const theta = (3 * (valueX - value)) / (step - x) + slopeX + slope
      const gamma = (step < x ? -1 : 1) * cubicRoot(theta, slopeX, slope)
      const ratio = (gamma - slopeX + theta) / (gamma - slopeX + gamma + slope)
      const cubic = x + ratio * (step - x)
      const quadratic = x + (slopeX / ((valueX - value) / (step - x) + slopeX) / 2) * (step - x)
      next = Math.abs(cubic - x) < Math.abs(quadratic - x) ? cubic : cubic + (quadratic - cubic) / 2
      state.bracketed = true
    } else if (turned) {
      const theta = (3 * (valueX - value)) / (step - x) + slopeX + slope
      const gamma = (step > x ? -1 : 1) * cubicRoot(theta, slopeX, slope)
      const ratio = (gamma - slope + theta) / (gamma - slope + gamma + slopeX)
      const cubic = step + ratio * (x - step)
      const secant = step + (slope / (slope - slopeX)) * (x - step)
      next = Math.abs(cubic - step) > Math.abs(secant - step) ? cubic : secant
      state.bracketed = true
    } else if (Math.abs(slope) < Math.abs(slopeX)) {
      const theta = (3 * (valueX - value)) / (step - x) + slopeX + slope
      const gamma = (step > x ? -1 : 1) * cubicRoot(theta, slopeX, slope)
      const ratio = (gamma - slope + theta) / (gamma + (slopeX - slope) + gamma)
      const limit = step > x ? state.upper : state.lower
      const cubic = ratio < 0 && gamma !== 0 ? step + ratio * (x - step) : limit
      const secant = step + (slope / (slope - slopeX)) * (x - step)
      const cubicNearer = Math.abs(cubic - step) < Math.abs(secant - step)
      if (state.bracketed) {
        next = cubicNearer ? cubic : secant
        const farthest = step + 0.66 * (y - step)
        next = step > x ? Math.min(farthest, next) : Math.max(farthest, next)
      } else {
        next = Math.abs(cubic - step) > Math.abs(secant - step) ? cubic : secant
        next = Math.max(state.lower, Math.min(state.upper, next))
      }
    } else if (state.bracketed) {
      const theta = (3 * (value - state.valueY)) / (y - step) + state.slopeY + slope
      const gamma = (step > y ? -1 : 1) * cubicRoot(theta, state.slopeY, slope)
      const ratio = (gamma - slope + theta) / (gamma - slope + gamma + state.slopeY)
      next = step + ratio * (y - step)
    } else next = step > x ? state.upper : state.lower

    if (value > valueX) {
      state.y = step
      state.valueY = value
      state.slopeY = slope
    } else {
      if (turned) {
        state.y = x
        state.valueY = valueX
        state.slopeY = slopeX
      }
      state.x = step
      state.valueX = value
      state.slopeX = slope
    }
    state.step = next
  }

  /** Keeps the next step in its interval; ends the search if nothing is left of that. `tried` is the last trial. */
  const confine = (tried: number): LineSearchOutcome => {
    if (Number.isNaN(state.step))
      state.step = state.bracketed ? state.x + 0.5 * (state.y - state.x) : state.upper
    if (state.bracketed) {
      const width = Math.abs(state.y - state.x)
      if (width >= 0.66 * state.widthBefore) state.step = state.x + 0.5 * (state.y - state.x)
      state.widthBefore = state.width
      state.width = width
      state.lower = Math.min(state.x, state.y)
      state.upper = Math.max(state.x, state.y)
    } else {
      if (state.step >= state.wall) state.step = tried + 0.5 * (state.wall - tried)
      limitGrowth()
    }
    state.step = Math.min(Math.max(state.step, stepMin), state.stepMax)
    const { bracketed, step, lower, upper } = state
    const stuck = bracketed
      ? step <= lower || step >= upper || upper - lower <= xtol * upper
      : step === tried || step >= state.wall
    return proceed(state, step, !stuck, maxTrials)
  }

  const limitGrowth = (): void => {
    state.lower = state.step + 1.1 * (state.step - state.x)
    state.upper = state.step + 4 * (state.step - state.x)
  }

  /** Forgets what lies beyond the rejected step and goes a quarter of the way to it, from y where x lies beyond. */
  const reject = (rejected: number): LineSearchOutcome => {
    const from = rejected < state.x ? state.y : state.x
    if (rejected < state.x) restart()
    state.bracketed = false
    state.step = Math.max(withdraw(from, rejected), stepMin)
    limitGrowth()
    return proceed(state, state.step, state.step > from && state.step < rejected, maxTrials)
  }

  return searchOfState('more-thuente', 'moreThuente', state, { start, tell }, moreThuente, options)
}

/** sqrt(theta^2 - slopeA slopeB) without overflow; 0 where rounding makes the difference negative. */
const cubicRoot = (theta: number, slopeA: number, slopeB: number): number => {
  const scale = Math.max(Math.abs(theta), Math.abs(slopeA), Math.abs(slopeB))
  const ratio = theta / scale
  return scale * Math.sqrt(Math.max(0, ratio * ratio - (slopeA / scale) * (slopeB / scale)))
}
