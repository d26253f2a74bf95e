import type { Split } from '@thalweg/datasets'
import { createPlan, dot, gatherRows, type Workspace } from '@thalweg/kernels'
import type { Batch, Model, Weights } from '@thalweg/nn'
import type { Optimizer, OptimizerState } from '@thalweg/optimizers'

export interface StepParts {
  readonly model: Model
  readonly workspace: Workspace
  readonly weights: Weights
  readonly batch: Batch
  /** The training samples, which are copied into the workspace. */
  readonly train: Split
  /** How many samples a batch has: one number, or two where the last batch of an epoch is shorter. */
  readonly batchSizes: readonly number[]
  readonly optimizer: Optimizer
  readonly state: OptimizerState
  /** The hyper-parameter that `run` sets at every step. */
  readonly rateParameter: string | undefined
}

/** What one step says of itself: the batch's mean loss before the update, and the norm of its gradient. */
interface StepResult {
  readonly loss: number
  readonly gradientNorm: number
}

/** One training step as a single call into WebAssembly. */
export interface Step {
  /** The samples of the next batch, to be filled before `run`. */
  readonly indices: Int32Array
  /** Gathers the first `rows` of `indices`, and updates the weights by their gradient. The result is reused. */
  run(rows: number, learningRate: number | undefined): StepResult
}

/**
 * Joins model and optimizer into one plan: gather, forward, loss, backward, gradient norm, update.
 * Each batch size has a plan of its own, compiled here.
 */
export function createStep(parts: StepParts): Step {
  const { model, workspace, weights, batch, train, batchSizes, optimizer, state, rateParameter } = parts
  const features = workspace[model.precision](train.features.length)
  features.set(train.features)
  const labels = workspace.i32(train.samples)
  labels.set(train.labels)
  const indices = workspace.i32(Math.max(...batchSizes))
  const squaredNorm = workspace.f64(1)
  const { parameters, gradient } = weights
  const plans = new Map(batchSizes.map((rows) => [rows, planFor(rows)]))
  const result = { loss: 0, gradientNorm: 0 }
  const overrides: Record<string, number> = {}

  function planFor(rows: number): PlannedStep {
    const plan = createPlan(workspace)
    const rowBytes = model.features * features.BYTES_PER_ELEMENT
    plan.call(gatherRows, rows, rowBytes, indices.byteOffset, features.byteOffset, batch.features.byteOffset)
    plan.call(gatherRows, rows, 4, indices.byteOffset, labels.byteOffset, batch.labels.byteOffset)
    model.planForward(plan, weights, batch, rows)
    model.planBackward(plan, weights, batch, rows)
    const norm = [gradient.length, gradient.byteOffset, gradient.byteOffset, squaredNorm.byteOffset]
    plan.call(dot(model.precision), ...norm)
    const prepare = optimizer.plan(plan, parameters, gradient, state)
    return { prepare, run: plan.compile() }
  }

  return {
    indices,
    run(rows, learningRate) {
      const planned = plans.get(rows)
      if (planned === undefined) throw new RangeError(`step: rows must be one of ${batchSizes}, got ${rows}`)
      const { prepare, run } = planned
      if (learningRate === undefined || rateParameter === undefined) prepare()
      else {
        overrides[rateParameter] = learningRate
        prepare(overrides)
      }
      run()
      result.loss = batch.result[0]
      result.gradientNorm = Math.sqrt(squaredNorm[0])
      return result
    },
  }
}

interface PlannedStep {
  readonly prepare: ReturnType<Optimizer['plan']>
  readonly run: () => void
}
