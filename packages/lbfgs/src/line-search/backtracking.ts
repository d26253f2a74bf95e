import { requireCount, requireInRange } from '../parameter-range.ts'
import { bracketStep, emptyBracket, forgetWidths } from './cubic-step.ts'
import type { LineSearch, LineSearchOutcome } from './line-search.ts'
import { searchOfState } from './search-of-state.ts'
import { beginRecord, emptyRecord, proceed, recordTrial, withdraw } from './trial-record.ts'

export type BacktrackingOptions = {
  /** What a step must satisfy. Default `armijo`. */
  readonly condition?: 'armijo' | 'wolfe' | 'strong-wolfe'
  /** Sufficient decrease, in (0, 1). Default 1e-4. */
  readonly c1?: number
  /** Curvature, in [c1, 1); unused by `armijo`. Default 0.9. */
  readonly c2?: number
  /** The largest factor by which a step that is too long shrinks, in (0.1, 1). Default 0.5. */
  readonly shrink?: number
  /** The factor by which a step that is too short grows, in (1, ∞). Default 2. */
  readonly grow?: number
  /** Trials of one search, at least 1. Default 40. */
  readonly maxTrials?: number
}

const conditions = ['armijo', 'wolfe', 'strong-wolfe']

/**
 * Backtracking: shrinks a step that is too long, and grows one that is too short.
 *
 *   armijo        phi(a) <= phi(0) + c1 change,   change = a phi'(0) unless `tell` is given another
 *   wolfe         and phi'(a) >= c2 phi'(0)
 *   strong-wolfe  and |phi'(a)| <= c2 |phi'(0)|
 *   too short     phi'(a) < c2 phi'(0): a grows by `grow`;  any other failure: too long
 *   too long      armijo: a -change / (2 (phi(a) - phi(0) - change)), within [.1, shrink] a
 *                 otherwise the cubic between the last step too short (or 0) and the last too long, see `bracketStep`
 *
 * Between a step too short and one too long psi(a) = phi(a) - phi(0) - c1 a phi'(0) has a minimum, which satisfies all
 * three conditions, so every trial narrows an interval that holds an acceptable step.
 *
 * Source: the conditions and their order as `line_search_backtracking` of libLBFGS; quadratic interpolation from
 * Nocedal & Wright 2006, (3.58).
 * Departs: libLBFGS multiplies by .5 and 2.1 with no memory of the interval and can go back and forth until its trials
 * are spent. A trial that is not finite closes all steps from there on: the next lies a quarter of the way to it.
 */
export const backtracking = (options: BacktrackingOptions = {}): LineSearch => {
  const { condition = 'armijo', c1 = 1e-4, c2 = 0.9, shrink = 0.5, grow = 2, maxTrials = 40 } = options
  if (!conditions.includes(condition))
    throw new RangeError(`backtracking: condition must be one of ${conditions.join(', ')}, got ${condition}`)
  requireInRange('backtracking', 'c1', c1, 0, 1, '()')
  if (condition !== 'armijo') requireInRange('backtracking', 'c2', c2, c1, 1, '[)')
  requireInRange('backtracking', 'shrink', shrink, 0.1, 1, '()')
  requireInRange('backtracking', 'grow', grow, 1, Infinity, '()')
  requireCount('backtracking', 'maxTrials', maxTrials, 1)
  /** `low`: the last step too short, or 0; `high`: the last too long, Infinity while there is none. */
  const state = { ...emptyRecord, ...emptyBracket }

  const start = (value: number, slope: number, step: number, stepMax: number): void => {
    beginRecord('backtracking', state, value, slope, step, stepMax)
    state.low = 0
    state.lowValue = value
    state.lowSlope = slope
    state.high = Infinity
    state.highValue = 0
    state.highSlope = 0
    forgetWidths(state)
  }

  const tell = (
    value: number,
    slope: number,
    change: number = state.step * state.startSlope,
  ): LineSearchOutcome => {
    const { step } = state
    if (!recordTrial(state, Number.isFinite(change) ? value : change, slope)) {
      state.high = Infinity
      forgetWidths(state)
      return propose(withdraw(state.low, step))
    }
    if (value > state.startValue + c1 * change) return shorten(value, slope, change)
    if (condition === 'armijo') return 'accepted'
    if (slope < c2 * state.startSlope) return lengthen(value, slope)
    if (condition === 'wolfe' || slope <= -c2 * state.startSlope) return 'accepted'
    return shorten(value, slope, change)
  }

  const shorten = (value: number, slope: number, change: number): LineSearchOutcome => {
    state.high = state.step
    state.highValue = value
    state.highSlope = slope
    if (condition !== 'armijo') return propose(bracketStep(state))
    const factor = -change / (2 * (value - state.startValue - change))
    return propose(state.step * (factor >= 0.1 ? Math.min(factor, shrink) : 0.1))
  }

  const lengthen = (value: number, slope: number): LineSearchOutcome => {
    const { step } = state
    if (step === state.stepMax) return 'step-limit'
    state.low = step
    state.lowValue = value
    state.lowSlope = slope
    if (state.high < Infinity) return propose(bracketStep(state))
    const grown = Math.min(step * grow, state.stepMax)
    return propose(grown < state.wall ? grown : step + 0.5 * (state.wall - step))
  }

  const propose = (next: number): LineSearchOutcome =>
    proceed(state, next, next > state.low && next < Math.min(state.high, state.wall), maxTrials)

  return searchOfState('backtracking', 'backtracking', state, { start, tell }, backtracking, options)
}
