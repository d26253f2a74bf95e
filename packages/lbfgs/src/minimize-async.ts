import type { Result } from './assemble-solver.ts'
import { driveAsync } from './drive.ts'
import type { LoopOptions } from './loop.ts'
import { createSolver } from './solver.ts'
import type { SolverOptions } from './solver-options.ts'
import type { Vector } from './vector.ts'

/** `minimize` for an objective that answers later: same steps, same bits. An abort is seen between evaluations. */
export async function minimizeAsync<A extends Vector>(
  objective: (x: A, gradientOut: A) => number | PromiseLike<number>,
  x0: A,
  options: SolverOptions<A> & LoopOptions<A> = {},
): Promise<Result<A>> {
  return driveAsync(createSolver(x0, options), objective, options)
}
