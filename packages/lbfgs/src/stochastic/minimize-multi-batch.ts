import type { Vector } from '../vector.ts'
import { createMultiBatch, type MultiBatch } from './multi-batch.ts'
import type { MultiBatchOptions } from './multi-batch-options.ts'
import type { SavedMultiBatch } from './multi-batch-state.ts'
import { limitOf, type OnlineLimits } from './online-limits.ts'
import { type OnlineEnd, type OnlineResult, resultOf } from './online-result.ts'

/** The mean of f over the samples listed, at x; writes its gradient [n] to `gradientOut`. */
export type SampleObjective<A extends Vector = Vector> = (
  indices: Uint32Array,
  x: A,
  gradientOut: A,
) => number

export interface MinimizeMultiBatchOptions<A extends Vector = Vector>
  extends MultiBatchOptions<A>,
    OnlineLimits {
  /** eta_k of step k = 0, 1, …, in the place of learningRate and decaySteps. */
  readonly schedule?: (step: number) => number
  /** Called after every evaluation; the run stops when it returns true. */
  readonly onStep?: (solver: MultiBatch<A>) => unknown
  /** Goes on from there, bit for bit; x0 gives type and length only, options left out are the saved ones. */
  readonly state?: SavedMultiBatch
}

/**
 * Minimises the mean over `count` samples by multi-batch L-BFGS, which draws the batches. An evaluation is one of a part of
 * a batch; passes count the samples. Throws RangeError and TypeError for options out of range.
 *
 * @example
 * const options = { count: 60_000, batchSize: 2_000, maxPasses: 10 }
 * const result = minimizeMultiBatch((indices, x, gradientOut) => meanLoss(indices, x, gradientOut), x0, options)
 */
export function minimizeMultiBatch<A extends Vector>(
  evaluate: SampleObjective<A>,
  x0: A,
  options: MinimizeMultiBatchOptions<A>,
): OnlineResult<A, SavedMultiBatch> {
  const { count, schedule, onStep } = options
  const solver = createMultiBatch(x0, options)
  const { gradient } = solver
  const limit = limitOf('minimizeMultiBatch', options, count)
  let status: OnlineEnd | undefined
  while (status === undefined) {
    if (solver.status !== 'running') {
      status = solver.status
      break
    }
    const { indices, x } = solver.ask()
    status = limit(solver.evaluations, solver.sampleGradients, indices.length)
    if (status !== undefined) break
    const f = evaluate(indices, x, gradient)
    solver.tell(f, gradient, schedule && { learningRate: schedule(solver.steps) })
    if (onStep?.(solver) === true && solver.status === 'running') status = 'stopped'
  }
  return resultOf(solver, x0, status, solver.sampleGradients / count)
}
