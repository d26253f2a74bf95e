import type { LoopOptions } from './loop.ts'
import { createLoop } from './loop.ts'
import { createSolver, type Result, trialGradientOf } from './solver.ts'
import type { SolverOptions } from './solver-options.ts'
import type { Vector } from './vector.ts'

/** f at x; writes its gradient, every coordinate. Must not change x. */
export type Objective<A extends Vector = Vector> = (x: A, gradientOut: A) => number

/**
 * Minimises f from x0, which is not changed. What ends it is in `status`; it throws for options out of range, and what
 * the objective throws.
 *
 * @example
 * const result = minimize((x, gradient) => {
 *   gradient[0] = 2 * (x[0] - 3)
 *   return (x[0] - 3) ** 2
 * }, new Float64Array([0]))
 * console.log(result.status, result.x[0]) // converged-gradient 3
 */
export function minimize<A extends Vector>(
  objective: Objective<A>,
  x0: A,
  options: SolverOptions<A> & LoopOptions<A> = {},
): Result<A> {
  const solver = createSolver(x0, options)
  const gradientOut = trialGradientOf(solver)
  const loop = createLoop(solver, options)
  while (loop.next()) {
    const gradient = gradientOut()
    solver.tell(objective(solver.ask(), gradient), gradient)
  }
  return solver.result()
}
