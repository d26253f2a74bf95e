import type { Split } from '@thalweg/datasets'
import { createPlan, dot, gatherRows, type Workspace } from '@thalweg/kernels'
import type { Batch, Model, Weights } from '@thalweg/nn'
import type { Optimizer, OptimizerState, Overrides, Parameters } from '@thalweg/optimizers'

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
  /** The weights and their gradient as the optimizer sees them: flat, or by tensor. */
  readonly trained: { readonly parameters: Parameters; readonly gradient: Parameters }
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
  /**
   * Gathers the first `rows` of `indices`, and updates the weights by their gradient, with `overrides` of the optimizer's
   * hyper-parameters. The result is reused.
   */
  run(rows: number, overrides: Overrides): StepResult
}

/**
 * Joins model and optimizer into one plan: gather, forward, loss, backward, gradient norm, and the update, which only an
 * optimizer that cannot be planned takes beside it.
 * Each batch size has a plan of its own, compiled here.
 */
export function createStep(parts: StepParts): Step {
  const { model, workspace, weights, batch, train, batchSizes, optimizer, state, trained } = parts
  const features = workspace[model.precision](train.features.length)
  features.set(train.features)
  const labels = workspace.i32(train.samples)
  labels.set(train.labels)
  const indices = workspace.i32(Math.max(...batchSizes))
  const squaredNorm = workspace.f64(1)
  const { gradient } = weights
  const plans = new Map(batchSizes.map((rows) => [rows, planFor(rows)]))
  const result = { loss: 0, gradientNorm: 0 }

  function planFor(rows: number): (overrides: Overrides) => void {
    const plan = createPlan(workspace)
    const rowBytes = model.features * features.BYTES_PER_ELEMENT
    plan.call(gatherRows, rows, rowBytes, indices.byteOffset, features.byteOffset, batch.features.byteOffset)
    plan.call(gatherRows, rows, 4, indices.byteOffset, labels.byteOffset, batch.labels.byteOffset)
    model.planForward(plan, weights, batch, rows)
    model.planBackward(plan, weights, batch, rows)
    const norm = [gradient.length, gradient.byteOffset, gradient.byteOffset, squaredNorm.byteOffset]
    plan.call(dot(model.precision), ...norm)
    if (optimizer.plannable) {
      const prepare = optimizer.plan(plan, trained.parameters, trained.gradient, state)
      const run = plan.compile()
      return (overrides) => {
        prepare(overrides)
        run()
      }
    }
    const run = plan.compile()
    return (overrides) => {
      run()
      optimizer.step(trained.parameters, trained.gradient, state, overrides)
    }
  }

  return {
    indices,
    run(rows, overrides) {
      const planned = plans.get(rows)
      if (planned === undefined) throw new RangeError(`step: rows must be one of ${batchSizes}, got ${rows}`)
      planned(overrides)
      result.loss = batch.result[0]
      result.gradientNorm = Math.sqrt(squaredNorm[0])
      return result
    },
  }
}
