import { createPlan, type Plan, partOf, sumArrays, sumOfSquares, type Workspace } from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import { drawMasks, type Model, planL2, type Weights } from '@thalweg/nn'
import type { Optimizer, OptimizerState, Overrides, Parameters } from '@thalweg/optimizers'
import type { BatchInput } from './batch-input.ts'
import { mostRowsOf, shareOf } from './batch-share.ts'
import type { Stream } from './streams.ts'

export interface StepParts {
  readonly model: Model
  readonly workspace: Workspace
  readonly team: Team
  readonly weights: Weights
  /** Where a batch's samples are, and how they are changed. */
  readonly input: BatchInput
  /** How many samples a batch has: one number, or two where the last batch of an epoch is shorter. */
  readonly batchSizes: readonly number[]
  /** Strength of the penalty on squared weights. */
  readonly l2: number
  readonly optimizer: Optimizer
  readonly state: OptimizerState
  /** The weights and their gradient as the optimizer sees them: flat, or by tensor. */
  readonly trained: { readonly parameters: Parameters; readonly gradient: Parameters }
  /** What masks are drawn from. */
  readonly dropout: Stream
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

/** Parts of the gradient that threads add up and measure: whole lines of the cache. */
const partUnit = 256

/** What a step takes of the workspace beside weights, input and optimizer. */
export function stepBytes(model: Model, batchSize: number, threads: number): number {
  const gradient = model.weightBytes
  return threads * model.batchBytes(mostRowsOf(batchSize, threads)) + (threads - 1) * gradient
}

/**
 * Joins model and optimizer into one plan for each thread: gather, forward, loss, backward, the sum of the threads'
 * gradients in their order, gradient norm, and the update, which only an optimizer that cannot be planned takes beside
 * it. Each batch size has plans of its own, compiled here.
 */
export function createStep(parts: StepParts): Step {
  const { model, workspace, team, weights, input, batchSizes, l2, optimizer, state, trained, dropout } = parts
  const { precision } = model
  const threads = Array.from({ length: team.threads }, (_, thread) => thread)
  const capacity = mostRowsOf(Math.max(...batchSizes), team.threads)
  const batches = threads.map(() => model.batch(workspace, capacity))
  const gradients = threads.map((thread) =>
    thread === 0 ? weights.gradient : workspace[precision](model.parameterCount),
  )
  const squaredNorms = workspace.f64(team.threads)
  const penalty = workspace.f64(1)
  const runs = new Map(batchSizes.map((rows) => [rows, planFor(rows)]))
  const result = { loss: 0, gradientNorm: 0 }

  function planFor(rows: number): (overrides: Overrides) => void {
    const plans = threads.map(() => createPlan(workspace))
    const working = threads.filter((thread) => shareOf(rows, thread, team.threads).count > 0)
    for (const thread of working) planGradient(plans[thread], thread, rows)
    for (const plan of plans) team.barrier(plan)
    for (const [thread, plan] of plans.entries()) planSum(plan, thread, working)
    for (const plan of plans) team.barrier(plan)
    if (optimizer.plannable) {
      const prepare = optimizer.plan(plans, trained.parameters, trained.gradient, state)
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

  /** The thread's part of the batch, from its samples to the gradient of its weights. */
  function planGradient(plan: Plan, thread: number, batchRows: number): void {
    const { start, count } = shareOf(batchRows, thread, team.threads)
    const batch = batches[thread]
    const own = { ...weights, gradient: gradients[thread] }
    const pass = { batchRows, updatesStatistics: thread === 0 }
    input.plan(plan, start, count, batch)
    model.planForward(plan, own, batch, count, pass)
    model.planBackward(plan, own, batch, count, pass)
    if (thread === 0 && l2 > 0) planL2(plan, model, own, l2, penalty)
  }

  /** The thread's part of the weights: the sum of the gradients, first to last, and of its squares. */
  function planSum(plan: Plan, thread: number, working: readonly number[]): void {
    const { start, count } = partOf(model.parameterCount, thread, team.threads, partUnit)
    const at = start * weights.gradient.BYTES_PER_ELEMENT
    const [total, ...others] = working.map((each) => gradients[each].byteOffset + at)
    if (others.length > 0) plan.call(sumArrays(precision, working.length), count, 0, total, ...others)
    plan.call(sumOfSquares(precision), count, total, squaredNorms.byteOffset + 8 * thread)
  }

  function lossOf(rows: number): number {
    if (team.threads === 1) return batches[0].result[0] + penalty[0]
    let loss = 0
    for (const thread of threads) {
      const { count } = shareOf(rows, thread, team.threads)
      if (count > 0) loss += batches[thread].result[0] * count
    }
    return loss / rows + penalty[0]
  }

  return {
    run(rows, overrides) {
      const run = runs.get(rows)
      if (run === undefined) throw new RangeError(`step: rows must be one of ${batchSizes}, got ${rows}`)
      for (const thread of threads) {
        drawMasks(batches[thread], shareOf(rows, thread, team.threads).count, dropout.uniform)
      }
      run(overrides)
      result.loss = lossOf(rows)
      let squares = 0
      for (const thread of threads) squares += squaredNorms[thread]
      result.gradientNorm = Math.sqrt(squares)
      return result
    },
  }
}
