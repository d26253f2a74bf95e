import { createLoop, type Iteration, type LoopOptions } from './loop.ts'
import type { Objective } from './minimize.ts'
import { createSolver, type Result, trialGradientOf } from './solver.ts'
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
  const solver = createSolver(x0, options)
  const gradientOut = trialGradientOf(solver)
  const loop = createLoop(solver, options)
  while (loop.next()) {
    const { evaluations, iterations } = solver
    const gradient = gradientOut()
    solver.tell(objective(solver.ask(), gradient), gradient)
    if (evaluations === 0 || solver.iterations > iterations) yield loop.iteration()
  }
  return solver.result()
}
