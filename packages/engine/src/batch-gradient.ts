import { createPlan, type Plan, partOf, sumArrays, sumOfSquares, type Workspace } from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import { drawMasks, type Model, planL2, type Weights } from '@thalweg/nn'
import type { BatchInput } from './batch-input.ts'
import { mostRowsOf, shareOf } from './batch-share.ts'
import type { Stream } from './streams.ts'

export interface BatchGradientParts {
  readonly model: Model
  readonly workspace: Workspace
  readonly team: Team
  readonly weights: Weights
  /** Where a batch's samples are, and how they are changed. */
  readonly input: BatchInput
  /** How many samples a batch has: each number that there is. */
  readonly batchSizes: readonly number[]
  /** Strength of the penalty on squared weights. */
  readonly l2: number
  /** What masks are drawn from. */
  readonly dropout: Stream
}

/** The loss of a batch and its gradient, which the threads of a team share. */
export interface BatchGradient {
  /**
   * One plan for each thread, of the `rows` samples of the input's batch: gather, forward, loss, backward, the sum of the
   * threads' gradients in their order, and its norm. `updatesStatistics` by default.
   */
  plans(rows: number, options?: { readonly updatesStatistics: boolean }): readonly Plan[]
  /** Draws the masks of a batch of `rows` samples. */
  drawMasks(rows: number): void
  /** After the plans of so many rows have run: the mean loss, penalty included. */
  loss(rows: number): number
  /** The length of the gradient. */
  norm(): number
}

/** Parts of the gradient that threads add up and measure: whole lines of the cache. */
const partUnit = 256

/** What it takes of the workspace beside weights and input. */
export function batchGradientBytes(model: Model, batchSize: number, threads: number): number {
  const gradient = model.weightBytes
  return threads * model.batchBytes(mostRowsOf(batchSize, threads)) + (threads - 1) * gradient
}

/** Lays out a batch for each thread. */
export function createBatchGradient(parts: BatchGradientParts): BatchGradient {
  const { model, workspace, team, weights, input, batchSizes, l2, dropout } = parts
  const { precision } = model
  const threads = Array.from({ length: team.threads }, (_, thread) => thread)
  const capacity = mostRowsOf(Math.max(...batchSizes), team.threads)
  const batches = threads.map(() => model.batch(workspace, capacity))
  const gradients = threads.map((thread) =>
    thread === 0 ? weights.gradient : workspace[precision](model.parameterCount),
  )
  const squaredNorms = workspace.f64(team.threads)
  const penalty = workspace.f64(1)

  /** The thread's part of the batch, from its samples to the gradient of its weights. */
  function planGradient(plan: Plan, thread: number, batchRows: number, counts: boolean): void {
    const { start, count } = shareOf(batchRows, thread, team.threads)
    const batch = batches[thread]
    const own = { ...weights, gradient: gradients[thread] }
    const pass = { batchRows, updatesStatistics: counts && thread === 0 }
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

  return {
    plans(rows, { updatesStatistics } = { updatesStatistics: true }) {
      const plans = threads.map(() => createPlan(workspace))
      const working = threads.filter((thread) => shareOf(rows, thread, team.threads).count > 0)
      for (const thread of working) planGradient(plans[thread], thread, rows, updatesStatistics)
      for (const plan of plans) team.barrier(plan)
      for (const [thread, plan] of plans.entries()) planSum(plan, thread, working)
      for (const plan of plans) team.barrier(plan)
      return plans
    },
    drawMasks(rows) {
      for (const thread of threads) {
        drawMasks(batches[thread], shareOf(rows, thread, team.threads).count, dropout.uniform)
      }
    },
    loss(rows) {
      if (team.threads === 1) return batches[0].result[0] + penalty[0]
      let loss = 0
      for (const thread of threads) {
        const { count } = shareOf(rows, thread, team.threads)
        if (count > 0) loss += batches[thread].result[0] * count
      }
      return loss / rows + penalty[0]
    },
    norm() {
      let squares = 0
      for (const thread of threads) squares += squaredNorms[thread]
      return Math.sqrt(squares)
    },
  }
}
