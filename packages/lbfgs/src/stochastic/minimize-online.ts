import type { Vector } from '../vector.ts'
import { createOnlineLbfgs, type OnlineLbfgs } from './online-lbfgs.ts'
import { limitOf, type OnlineLimits } from './online-limits.ts'
import type { OnlineOptions } from './online-options.ts'
import { type OnlineEnd, type OnlineResult, resultOf } from './online-result.ts'
import type { SavedOnline } from './online-state.ts'

/**
 * The mean of f over batch `index` at x; writes its gradient [n] to `gradientOut`. Batches are numbered from 0 as they are
 * first asked for; the same index is the same batch, every time.
 */
export type BatchObjective<A extends Vector = Vector> = (index: number, x: A, gradientOut: A) => number

export interface MinimizeOnlineOptions<A extends Vector = Vector> extends OnlineOptions<A>, OnlineLimits {
  /** Batches that are as many samples as the data has, in (0, ∞). */
  readonly batchesPerPass: number
  /** eta_t of step t = 0, 1, …, in the place of learningRate and decaySteps. */
  readonly schedule?: (step: number) => number
  /** Called after every evaluation; the run stops when it returns true. */
  readonly onStep?: (solver: OnlineLbfgs<A>) => unknown
  /** Goes on from there, bit for bit; x0 gives type and length only, options left out are the saved ones. */
  readonly state?: SavedOnline
}

/**
 * Minimises the mean of f over batches by online L-BFGS. Throws RangeError and TypeError for options out of range.
 *
 * @example
 * const objective = (index, x, gradientOut) => loss(batches[index % 50], x, gradientOut)
 * const result = minimizeOnline(objective, x0, { batchesPerPass: 50, maxPasses: 10 })
 */
export function minimizeOnline<A extends Vector>(
  objective: BatchObjective<A>,
  x0: A,
  options: MinimizeOnlineOptions<A>,
): OnlineResult<A, SavedOnline> {
  const { batchesPerPass, schedule, onStep } = options
  if (!(batchesPerPass > 0 && batchesPerPass < Infinity)) {
    throw new RangeError(`minimizeOnline: batchesPerPass must be in (0, ∞), got ${batchesPerPass}`)
  }
  const solver = createOnlineLbfgs(x0, options)
  const limit = limitOf('minimizeOnline', options, batchesPerPass)
  let status: OnlineEnd | undefined
  while (status === undefined) {
    if (solver.status !== 'running') {
      status = solver.status
      break
    }
    status = limit(solver.evaluations, solver.evaluations, 1)
    if (status !== undefined) break
    const { x, batch, index } = solver.ask()
    const { gradient } = solver
    const f = objective(index, x, gradient)
    solver.tell(f, gradient, batch === 'new' && schedule ? { learningRate: schedule(solver.steps) } : {})
    if (onStep?.(solver) === true && solver.status === 'running') status = 'stopped'
  }
  return resultOf(solver, x0, status, solver.evaluations / batchesPerPass)
}
