import { createLoop, type LoopOptions } from './loop.ts'
import { createSolver, type Result, trialGradientOf } from './solver.ts'
import type { SolverOptions } from './solver-options.ts'
import type { Vector } from './vector.ts'

/** `minimize` for an objective that answers later: same steps, same bits. An abort is seen between evaluations. */
export async function minimizeAsync<A extends Vector>(
  objective: (x: A, gradientOut: A) => number | PromiseLike<number>,
  x0: A,
  options: SolverOptions<A> & LoopOptions<A> = {},
): Promise<Result<A>> {
  const solver = createSolver(x0, options)
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
