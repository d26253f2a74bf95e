import { createSfo, restoreSfo, type Sfo } from './sfo.ts'
import type { SfoOptions } from './sfo-options.ts'
import type { SavedSfo } from './sfo-state.ts'

/** f_index(x); writes its gradient [M] to `gradientOut`. The same function every time for the same index. */
export type SumObjective = (index: number, x: Float64Array, gradientOut: Float64Array) => number

export interface MinimizeSumOptions extends SfoOptions {
  /** The number of sub-functions N, a whole number in [1, ∞). */
  readonly count: number
  /** Evaluations at most, in passes of N, in (0, ∞]. Default 100. */
  readonly maxPasses?: number
  /** Evaluations at most, a whole number in [1, ∞]; never exceeded. Default ∞. */
  readonly maxEvaluations?: number
  /** Milliseconds of `now` at most, in (0, ∞]; exceeded by one evaluation at most. Default ∞. */
  readonly maxTimeMs?: number
  /** The clock that `maxTimeMs` needs, such as `performance.now`. */
  readonly now?: () => number
  /** Looked at before every evaluation. */
  readonly signal?: { readonly aborted: boolean }
  /** Called after every evaluation; the run stops when it returns true. */
  readonly onStep?: (step: SumStep) => unknown
  /** Goes on from there; x0 only says the length then, and options of the optimizer are those of the state. */
  readonly state?: SavedSfo
}

export interface SumStep {
  readonly index: number
  /** f_index where it was asked for. */
  readonly value: number
  readonly solver: Sfo
}

/**
 * - `converged`: all sub-functions were evaluated at x, and the sum of their gradients is at most `tolerance` long
 * - `max-evaluations`, `max-passes`, `max-time`: a limit; `aborted`: by the signal; `stopped`: by `onStep`
 * - `non-finite-start`: a sub-function is NaN or infinite at the start
 * - `step-failed`: many steps in a row went up
 */
export type SumStatus =
  | 'converged'
  | 'max-evaluations'
  | 'max-passes'
  | 'max-time'
  | 'aborted'
  | 'stopped'
  | 'non-finite-start'
  | 'step-failed'

export interface SumResult {
  /** The newest point that no evaluation speaks against. */
  readonly x: Float64Array
  /** F(x) where the status is 'converged', else the estimate of `Sfo.f`: values measured at several points. */
  readonly f: number
  /** The length of F'(x) where the status is 'converged', else of the model's gradient there. */
  readonly gradientNorm: number
  readonly status: SumStatus
  /** One sentence, with the numbers. */
  readonly message: string
  readonly evaluations: number
  /** Evaluations / N. */
  readonly passes: number
  /** To go on from: made when it is read. */
  readonly state: SavedSfo
}

/** Minimises sum_i f_i(x) by SFO. Throws RangeError for options out of range. */
export function minimizeSum(
  objective: SumObjective,
  x0: Float64Array,
  options: MinimizeSumOptions,
): SumResult {
  const { count, state, onStep } = options
  const solver = state === undefined ? createSfo(x0, count, options) : restored(state, x0, count)
  const limit = limitOf(options)
  const gradient = new Float64Array(x0.length)
  let status: SumStatus | undefined
  while (status === undefined) {
    if (solver.status !== 'running') status = solver.status
    else status = limit(solver.evaluations)
    if (status !== undefined) break
    const { index, x } = solver.ask()
    const value = objective(index, x, gradient)
    solver.tell(value, gradient)
    if (onStep?.({ index, value, solver }) === true && solver.status === 'running') status = 'stopped'
  }
  const { evaluations, f, gradientNorm } = solver
  return {
    x: solver.x.slice(),
    f,
    gradientNorm,
    status,
    message: messageOf(status, solver, options),
    evaluations,
    passes: evaluations / count,
    get state() {
      return solver.save()
    },
  }
}

function restored(state: SavedSfo, x0: Float64Array, count: number): Sfo {
  const solver = restoreSfo(state)
  const { settings } = state
  if (settings.count !== count) {
    throw new RangeError(`minimizeSum: count must be ${settings.count} as in the state, got ${count}`)
  }
  if (settings.dimension !== x0.length) {
    throw new RangeError(
      `minimizeSum: x0.length must be ${settings.dimension} as in the state, got ${x0.length}`,
    )
  }
  return solver
}

/** The reason to stop before the next evaluation, if there is one. */
function limitOf(options: MinimizeSumOptions): (evaluations: number) => SumStatus | undefined {
  const { count, maxPasses = 100, maxEvaluations = Infinity, maxTimeMs = Infinity, now, signal } = options
  checkLimit('maxPasses', maxPasses)
  checkLimit('maxEvaluations', maxEvaluations)
  checkLimit('maxTimeMs', maxTimeMs)
  if (maxTimeMs < Infinity && now === undefined) {
    throw new TypeError('minimizeSum: maxTimeMs needs the clock `now`')
  }
  const begun = now?.() ?? 0
  return (evaluations) => {
    if (signal?.aborted === true) return 'aborted'
    if (evaluations >= maxEvaluations) return 'max-evaluations'
    if (evaluations >= maxPasses * count) return 'max-passes'
    if (now !== undefined && now() - begun >= maxTimeMs) return 'max-time'
    return undefined
  }
}

function checkLimit(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`minimizeSum: ${name} must be in (0, ∞], got ${value}`)
}

function messageOf(
  status: SumStatus,
  { f, gradientNorm, evaluations }: Sfo,
  options: MinimizeSumOptions,
): string {
  const after = `after ${evaluations} evaluations of ${options.count} sub-functions`
  const where = `the sum is about ${f}, its gradient about ${gradientNorm} long`
  switch (status) {
    case 'converged':
      return `Converged ${after}: the sum is ${f}, its gradient ${gradientNorm} long.`
    case 'max-evaluations':
    case 'max-passes':
    case 'max-time':
      return `Reached ${status} ${after}: ${where}.`
    case 'aborted':
    case 'stopped':
      return `Was ${status} ${after}: ${where}.`
    case 'non-finite-start':
      return `A sub-function is not finite at the start, found ${after}.`
    case 'step-failed':
      return `Too many steps in a row went up, ${after}: ${where}.`
  }
}
