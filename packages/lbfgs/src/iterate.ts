import type { Result } from './assemble-solver.ts'
import { driveStepwise } from './drive.ts'
import type { Iteration, LoopOptions } from './loop.ts'
import type { Objective } from './objective.ts'
import { createSolver } from './solver.ts'
import type { SolverOptions } from './solver-options.ts'
import type { Vector } from './vector.ts'

/**
 * `minimize` as an iterator: yields every accepted iterate, the start included, and returns the result.
 *
 * @example
 * for (const { f, gradientNorm } of iterate(objective, x0)) console.log(f, gradientNorm)
 */
export function* iterate<A extends Vector>(
  objective: Objective<A>,
  x0: A,
  options: SolverOptions<A> & LoopOptions<A> = {},
): Generator<Iteration<A>, Result<A>, void> {
  return yield* driveStepwise(createSolver(x0, options), objective, options)
}
