import type { Solver } from './assemble-solver.ts'
import { requireInRange } from './parameter-range.ts'
import type { Vector } from './vector.ts'

/** What a driver watches between evaluations. */
export interface LoopOptions<A extends Vector = Vector> {
  /** Ends it after this many milliseconds of `now`, within one evaluation. In [0, ∞]. */
  readonly maxTimeMs?: number
  /** The clock, in milliseconds: `() => performance.now()`. */
  readonly now?: () => number
  /** Ends it with `aborted`, and the best point so far. */
  readonly signal?: AbortSignal
  /** Called with every accepted iterate; returning true ends it with `stopped`. */
  readonly onIteration?: (iteration: Iteration<A>) => unknown
}

export interface Iteration<A extends Vector = Vector> {
  /** Accepted steps so far; 0: the start. */
  readonly iteration: number
  readonly evaluations: number
  /** The iterate; valid during the call. */
  readonly x: A
  readonly f: number
  readonly gradientNorm: number
}

/** The loop around a solver that all drivers share: `while (loop.next())` evaluate and tell. */
export function createLoop<A extends Vector>(
  solver: Solver<A>,
  { maxTimeMs, now, signal, onIteration }: LoopOptions<A>,
): { next(): boolean; iteration(): Iteration<A> } {
  if (maxTimeMs !== undefined) requireInRange('minimize', 'maxTimeMs', maxTimeMs, 0, Infinity, '[]')
  if (maxTimeMs !== undefined && now === undefined) {
    throw new TypeError('minimize: maxTimeMs needs now, a clock: () => performance.now()')
  }
  const start = now?.() ?? 0
  let seen = solver.evaluations === 0 ? -1 : solver.iterations

  function iteration(): Iteration<A> {
    const { iterations, evaluations, current } = solver
    const { x, f, gradientNorm } = current
    return { iteration: iterations, evaluations, x, f, gradientNorm }
  }

  function next(): boolean {
    if (
      onIteration &&
      solver.evaluations > 0 &&
      solver.iterations > seen &&
      solver.status !== 'non-finite-start'
    ) {
      seen = solver.iterations
      if (onIteration(iteration()) === true)
        solver.stop('stopped', `onIteration said so at iteration ${seen}`)
    }
    if (solver.status !== 'running') return false
    if (signal?.aborted)
      solver.stop('aborted', `the signal was aborted after ${solver.evaluations} evaluations`)
    else if (maxTimeMs !== undefined && now && now() - start >= maxTimeMs) {
      solver.stop('max-time', `${maxTimeMs} ms passed; ${solver.evaluations} evaluations`)
    }
    return solver.status === 'running'
  }

  return { next, iteration }
}
