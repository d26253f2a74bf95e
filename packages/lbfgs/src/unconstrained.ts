import { assembleSolver, type Result, type Solver } from './assemble-solver.ts'
import { drive, driveAsync, driveStepwise } from './drive.ts'
import { freeGeometry } from './free.ts'
import { checkOptions, type LbfgsOptions } from './lbfgs-options.ts'
import type { LineSearch } from './line-search/line-search.ts'
import { moreThuente } from './line-search/more-thuente.ts'
import type { Iteration, LoopOptions } from './loop.ts'
import type { Objective } from './objective.ts'
import type { Vector } from './vector.ts'

export type { Result, Solver } from './assemble-solver.ts'
export { type BacktrackingOptions, backtracking } from './line-search/backtracking.ts'
export { type HagerZhangOptions, hagerZhang } from './line-search/hager-zhang.ts'
export type { LineSearch, LineSearchOutcome, LineSearchState } from './line-search/line-search.ts'
export { type MoreThuenteOptions, moreThuente } from './line-search/more-thuente.ts'
export { type StrongWolfeOptions, strongWolfe } from './line-search/strong-wolfe.ts'
export type { Iteration, LoopOptions } from './loop.ts'
export type { Objective } from './objective.ts'
export type { SavedSolver } from './saved-solver.ts'
export type { Status } from './status.ts'
export type { Tolerance } from './tolerance.ts'
export type { Reply, VectorSpace } from './vector-space.ts'

export interface UnconstrainedOptions<A extends Vector = Vector> extends LbfgsOptions<A> {
  /**
   * `moreThuente()` (default), `hagerZhang()`, `strongWolfe()`, `backtracking()`, or a search of your own. The name
   * 'hager-zhang' of `@thalweg/lbfgs` means `hagerZhang({ epsilon: 10 * 2 ** -23 })` in f32.
   */
  readonly lineSearch?: LineSearch
  /** Of `@thalweg/lbfgs`. */
  readonly bounds?: never
  /** Of `@thalweg/lbfgs`. */
  readonly l1?: never
}

/**
 * The solver of `@thalweg/lbfgs` without bounds and l1: same steps, same bits, and each goes on from the other's states.
 * Its line search is a value, so that a bundle holds the one in use. Throws RangeError and TypeError for misuse.
 *
 * @example
 * const solver = createSolver(new Float64Array([3, -2]), { lineSearch: hagerZhang() })
 */
export function createSolver<A extends Vector>(x0: A, options: UnconstrainedOptions<A> = {}): Solver<A> {
  const settings = checkOptions(x0, options)
  const { lineSearch = moreThuente(), bounds, l1 } = options
  if (bounds || l1) {
    const name = bounds ? 'bounds' : 'l1'
    throw new TypeError(`minimize: ${name} needs @thalweg/lbfgs, this is @thalweg/lbfgs/unconstrained`)
  }
  if (typeof lineSearch?.tell !== 'function' || typeof lineSearch.start !== 'function') {
    const choice: unknown = lineSearch
    const given = typeof choice === 'string' ? choice : (lineSearch?.name ?? typeof choice)
    throw new TypeError(
      `minimize: lineSearch must be a search: moreThuente(), hagerZhang(), strongWolfe(), backtracking(), got ${given}`,
    )
  }
  return assembleSolver(x0, settings, {
    geometry: freeGeometry(settings.space, settings.memory),
    lineSearch: lineSearch.copy?.() ?? lineSearch,
  })
}

/** Minimises f by this solver: see `minimize` of `@thalweg/lbfgs`. */
export function minimize<A extends Vector>(
  objective: Objective<A>,
  x0: A,
  options: UnconstrainedOptions<A> & LoopOptions<A> = {},
): Result<A> {
  return drive(createSolver(x0, options), objective, options)
}

/** `minimize` for an objective that answers later. */
export async function minimizeAsync<A extends Vector>(
  objective: (x: A, gradientOut: A) => number | PromiseLike<number>,
  x0: A,
  options: UnconstrainedOptions<A> & LoopOptions<A> = {},
): Promise<Result<A>> {
  return driveAsync(createSolver(x0, options), objective, options)
}

/** `minimize` as an iterator: yields every accepted iterate, the start included, and returns the result. */
export function* iterate<A extends Vector>(
  objective: Objective<A>,
  x0: A,
  options: UnconstrainedOptions<A> & LoopOptions<A> = {},
): Generator<Iteration<A>, Result<A>, void> {
  return yield* driveStepwise(createSolver(x0, options), objective, options)
}
