import type { Result } from './assemble-solver.ts'
import { drive } from './drive.ts'
import type { LoopOptions } from './loop.ts'
import type { Objective } from './objective.ts'
import { createSolver } from './solver.ts'
import type { SolverOptions } from './solver-options.ts'
import type { Vector } from './vector.ts'

export type { Objective } from './objective.ts'

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
  return drive(createSolver(x0, options), objective, options)
}
