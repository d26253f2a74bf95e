import type { Optimizer, OptimizerState, Overrides, Parameters } from '@thalweg/optimizers'
import { type BatchGradientParts, createBatchGradient } from './batch-gradient.ts'

export interface StepParts extends BatchGradientParts {
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
  /**
   * Updates the weights by the gradient of the `rows` samples of the input's batch, with `overrides` of the optimizer's
   * hyper-parameters. The result is reused.
   */
  run(rows: number, overrides: Overrides): StepResult
}

/**
 * Joins model and optimizer into one plan for each thread: the gradient of a batch, and the update, which only an
 * optimizer that cannot be planned takes beside it. Each batch size has plans of its own, compiled here.
 */
export function createStep(parts: StepParts): Step {
  const { team, batchSizes, optimizer, state, trained } = parts
  const gradient = createBatchGradient(parts)
  const runs = new Map(batchSizes.map((rows) => [rows, compiled(rows)]))
  const result = { loss: 0, gradientNorm: 0 }

  function compiled(rows: number): (overrides: Overrides) => void {
    const plans = gradient.plans(rows)
    if (optimizer.plannable) {
      const prepare = optimizer.plan(plans, trained.parameters, trained.gradient, state, gradient)
      const run = team.job(plans)
      return (overrides) => {
        prepare(overrides)
        run()
      }
    }
    const run = team.job(plans)
    return (overrides) => {
      run()
      optimizer.step(trained.parameters, trained.gradient, state, overrides)
    }
  }

  return {
    run(rows, overrides) {
      const run = runs.get(rows)
      if (run === undefined) throw new RangeError(`step: rows must be one of ${batchSizes}, got ${rows}`)
      gradient.drawMasks(rows)
      run(overrides)
      result.loss = gradient.loss(rows)
      result.gradientNorm = gradient.norm()
      return result
    },
  }
}
