import { requireCount, requireInRange } from '../parameter-range.ts'
import type { LineSearch, LineSearchOutcome } from './line-search.ts'
import { searchOfState } from './search-of-state.ts'
import { beginRecord, emptyRecord, proceed, recordTrial, withdraw } from './trial-record.ts'

export type HagerZhangOptions = {
  /** Sufficient decrease, in (0, 0.5). Default 0.1. */
  readonly delta?: number
  /** Curvature, in [delta, 1). Default 0.9. */
  readonly sigma?: number
  /** Error of phi relative to |phi(0)|, in [0, 1): ten roundings of what phi is summed in, or more. Default 1e-6. */
  readonly epsilon?: number
  /** Where U3 divides its interval, in (0, 1). Default 0.5. */
  readonly theta?: number
  /** The part of a bracket which secant2 must go below to be spared a bisection, in (0, 1). Default 2/3. */
  readonly gamma?: number
  /** Growth of the step while bracketing, in (1, ∞). Default 5. */
  readonly rho?: number
  /** Trials of one search, at least 1. Default 50. */
  readonly maxTrials?: number
}

// What the next trial is for.

/** B1-B3: the step that grows until the function rises. */
const bracketing = 0
/** The first secant of secant2, S1. */
const firstSecant = 1
/** The second secant of secant2, S4. */
const secondSecant = 2
/** L2: half way, where secant2 left too much. */
const middle = 3
/** U3: dividing [low, high], whose upper end falls but is too high; ends where the function rises. */
const dividing = 4

/**
 * Hager-Zhang line search (that of CG_DESCENT).
 *
 *   accepts a with   T1: phi(a) - phi(0) <= delta a phi'(0)   and   phi'(a) >= sigma phi'(0)
 *               or   T2: (2 delta - 1) phi'(0) >= phi'(a) >= sigma phi'(0)   and   phi(a) <= phi(0) + epsilon |phi(0)|
 *   bracket [a, b]:  phi(a) <= phi(0) + epsilon |phi(0)|,  phi'(a) < 0,  phi'(b) >= 0
 *   secant(a, b) = (a phi'(b) - b phi'(a)) / (phi'(b) - phi'(a))
 *   secant2: c = secant(a, b); [A, B] = update(a, b, c); c became B: secant(b, B), c became A: secant(a, A); update again
 *   update, c in (a, b): phi'(c) >= 0: b = c;  else phi(c) <= phi(0) + epsilon |phi(0)|: a = c;  else divide [a, c], U3
 *   a bracket above gamma of its width before secant2 is bisected
 *
 * T1 is the Wolfe test, T2 the approximate one: near a minimum phi(a) - phi(0) is all rounding and only slopes can tell,
 * so T2 is what finishes a tight or an f32 minimisation; a step of T2 may lie above phi(0) by epsilon |phi(0)|.
 * Which end a trial became is remembered, never found out by comparing steps.
 *
 * Source: Hager & Zhang 2005, SIAM J. Optim. 16, 170-192, section 4; 2006, ACM TOMS 32, 113-137 (algorithm 851).
 * Departs: B2 divides from the last good step, not from 0, which saves no step from being tried twice. `epsilon` is
 * always relative to |phi(0)| (no C_k). A trial that is not finite closes all steps from there on: bracketing goes on
 * from a, a quarter of the way to it, and grows at most half way. The largest step, falling and too high for T1, ends
 * the bracket as in B2.
 */
export const hagerZhang = (options: HagerZhangOptions = {}): LineSearch => {
  const {
    delta = 0.1,
    sigma = 0.9,
    epsilon = 1e-6,
    theta = 0.5,
    gamma = 2 / 3,
    rho = 5,
    maxTrials = 50,
  } = options
  requireInRange('hagerZhang', 'delta', delta, 0, 0.5, '()')
  requireInRange('hagerZhang', 'sigma', sigma, delta, 1, '[)')
  requireInRange('hagerZhang', 'epsilon', epsilon, 0, 1, '[)')
  requireInRange('hagerZhang', 'theta', theta, 0, 1, '()')
  requireInRange('hagerZhang', 'gamma', gamma, 0, 1, '()')
  requireInRange('hagerZhang', 'rho', rho, 1, Infinity, '()')
  requireCount('hagerZhang', 'maxTrials', maxTrials, 1)
  const state = {
    ...emptyRecord,
    phase: bracketing as number,
    /** After U3: back to secant2 (a new round) or to the test of its width. */
    roundAfterDividing: true,
    low: 0,
    lowSlope: 0,
    /** Says nothing while bracketing, but that no step was tried between `low` and it. */
    high: 0,
    highSlope: 0,
    /** Width of the bracket before secant2. */
    width: 0,
  }

  const start = (value: number, slope: number, step: number, stepMax: number): void => {
    beginRecord('hagerZhang', state, value, slope, step, stepMax)
    state.phase = bracketing
    state.roundAfterDividing = true
    state.low = 0
    state.lowSlope = slope
    state.high = Infinity
    state.highSlope = 0
    state.width = 0
  }

  const tell = (value: number, slope: number): LineSearchOutcome => {
    const { step, startValue, startSlope, phase } = state
    if (!recordTrial(state, value, slope)) return propose(withdraw(state.low, step), bracketing)
    const tolerable = value <= startValue + epsilon * Math.abs(startValue)
    const decreased = value - startValue <= delta * step * startSlope
    const flat = tolerable && slope <= (2 * delta - 1) * startSlope
    if (slope >= sigma * startSlope && (decreased || flat)) return 'accepted'

    if (phase === bracketing && slope < 0 && tolerable && step < state.stepMax) return grow(slope)
    if (phase === bracketing && slope < 0 && decreased) return 'step-limit'
    const { low, lowSlope, high, highSlope } = state
    const rises = slope >= 0
    if (rises || !tolerable || phase === bracketing) {
      state.high = step
      state.highSlope = slope
      if (!rises) return divide()
    } else {
      state.low = step
      state.lowSlope = slope
    }
    if (phase === firstSecant) {
      const second = rises ? secant(high, highSlope, step, slope) : secant(low, lowSlope, step, slope)
      return second > state.low && second < state.high ? propose(second, secondSecant) : halve()
    }
    if (phase === secondSecant) return halve()
    if (phase !== dividing) return round()
    if (!rises) return divide()
    return state.roundAfterDividing ? round() : halve()
  }

  /** B3. */
  const grow = (slope: number): LineSearchOutcome => {
    const { step, wall } = state
    state.low = step
    state.lowSlope = slope
    const grown = Math.min(rho * step, state.stepMax)
    return propose(grown < wall ? grown : step + 0.5 * (wall - step), bracketing)
  }

  /** U3, with a bracket whose upper end falls. */
  const divide = (): LineSearchOutcome => {
    if (state.phase !== dividing)
      state.roundAfterDividing = state.phase === bracketing || state.phase === middle
    return propose((1 - theta) * state.low + theta * state.high, dividing)
  }

  /** L1: secant2 on the bracket. */
  const round = (): LineSearchOutcome => {
    const { low, lowSlope, high, highSlope } = state
    state.width = high - low
    const first = secant(low, lowSlope, high, highSlope)
    return first > low && first < high ? propose(first, firstSecant) : halve()
  }

  /** L2: another round, after a bisection if secant2 left too much. */
  const halve = (): LineSearchOutcome => {
    const { low, high, width } = state
    // Among the smallest numbers gamma width may round to width.
    const wide = high - low > gamma * width || high - low >= width
    return wide ? propose(low + 0.5 * (high - low), middle) : round()
  }

  const propose = (next: number, phase: number): LineSearchOutcome => {
    const inside = next > state.low && next < Math.min(state.high, state.wall)
    const outcome = proceed(state, next, inside, maxTrials)
    if (outcome === 'continue') state.phase = phase
    return outcome
  }

  return searchOfState('hager-zhang', 'hagerZhang', state, { start, tell }, hagerZhang, options)
}

/** The zero of the line through two slopes; never finite where they are equal. */
const secant = (a: number, slopeA: number, b: number, slopeB: number): number =>
  (a * slopeB - b * slopeA) / (slopeB - slopeA)
