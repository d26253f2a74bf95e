import { type Result, type Solver, trialGradientOf } from './assemble-solver.ts'
import { createLoop, type Iteration, type LoopOptions } from './loop.ts'
import type { Objective } from './objective.ts'
import type { Vector } from './vector.ts'

/** Tells a solver what the objective says, until it has ended. */
export function drive<A extends Vector>(
  solver: Solver<A>,
  objective: Objective<A>,
  options: LoopOptions<A>,
): Result<A> {
  const gradientOut = trialGradientOf(solver)
  const loop = createLoop(solver, options)
  while (loop.next()) {
    const gradient = gradientOut()
    solver.tell(objective(solver.ask(), gradient), gradient)
  }
  return solver.result()
}

/** `drive` for an objective that answers later. */
export async function driveAsync<A extends Vector>(
  solver: Solver<A>,
  objective: (x: A, gradientOut: A) => number | PromiseLike<number>,
  options: LoopOptions<A>,
): Promise<Result<A>> {
  const gradientOut = trialGradientOf(solver)
  const loop = createLoop(solver, options)
  while (loop.next()) {
    const gradient = gradientOut()
    let f: number
    try {
      f = await objective(solver.ask(), gradient)
    } catch (error) {
      // An objective that watches the signal, too, rejects when it is aborted.
      if (options.signal?.aborted) continue
      throw error
    }
    solver.tell(f, gradient)
  }
  return solver.result()
}

/** `drive` that yields every accepted iterate, the start included. */
export function* driveStepwise<A extends Vector>(
  solver: Solver<A>,
  objective: Objective<A>,
  options: LoopOptions<A>,
): Generator<Iteration<A>, Result<A>, void> {
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
