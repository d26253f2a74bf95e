import {
  bytesFor,
  createPlan,
  elementBytes,
  type Plan,
  partOf,
  sumArrays,
  sumOfSquares,
  type Workspace,
} from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import { createInputShares, drawMasks, type Model, planL2, type Weights } from '@thalweg/nn'
import type { BatchInput } from './batch-input.ts'
import { mostRowsOf, mostSharedRows, shareOf, sharesInputs } from './batch-share.ts'
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
  /** Where the weights are cut, that each thread may update what it has just computed. */
  readonly cuts: readonly number[]
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

/** What it takes of the workspace beside weights and input, however the threads share the batch. */
export function batchGradientBytes(model: Model, batchSize: number, threads: number): number {
  const gradients = (threads - 1) * model.weightBytes
  const bySamples = threads * model.batchBytes(mostRowsOf(batchSize, threads))
  return gradients + Math.max(bySamples, sharedInputBytes(model, batchSize, threads))
}

/** What batches of up to so many samples take at most where threads share the inputs of the first layer. */
function sharedInputBytes(model: Model, batchSize: number, threads: number): number {
  const { firstDense, precision } = model
  if (firstDense === undefined) return 0
  const most = Math.min(batchSize, mostSharedRows(firstDense.inputs, threads))
  if (most === 0) return 0
  let bytes = 0
  const shares = createInputShares(firstDense, most, threads, (length) => {
    bytes += bytesFor(length, elementBytes[precision])
    return 0
  })
  for (const share of shares) bytes += model.batchBytes(mostRowsOf(most, threads), { share })
  return bytes
}

/** Lays out a batch for each thread. */
export function createBatchGradient(parts: BatchGradientParts): BatchGradient {
  const { model, workspace, team, weights, input, batchSizes, l2, dropout } = parts
  const { precision } = model
  const threads = Array.from({ length: team.threads }, (_, thread) => thread)
  const most = Math.max(...batchSizes)
  const { firstDense } = model
  const byInputs = sharesInputs(model, batchSizes, team.threads) && !input.augments
  const array = (length: number): number => workspace[precision](length).byteOffset
  const shares =
    byInputs && firstDense !== undefined ? createInputShares(firstDense, most, team.threads, array) : []
  const capacity = mostRowsOf(most, team.threads)
  const batches = threads.map((thread) => model.batch(workspace, capacity, { share: shares[thread] }))
  const gradients = threads.map((thread) =>
    thread === 0 ? weights.gradient : workspace[precision](model.parameterCount),
  )
  /** The first layer's weights come first; their gradient is no sum over the threads where they share its inputs. */
  const cuts = byInputs ? [model.tensors[0].length] : []
  const stretches = [...cuts, model.parameterCount].map((end, index) => ({
    first: index === 0 ? 0 : cuts[index - 1],
    end,
    summed: !byInputs || index > 0,
  }))
  const squaredNorms = workspace.f64(team.threads * stretches.length)
  const penalty = workspace.f64(1)

  /** The thread's part of the batch, from its samples to the gradient of its weights. */
  function planGradient(plan: Plan, thread: number, batchRows: number, counts: boolean): void {
    const samples = shareOf(batchRows, thread, team.threads)
    const [batch, share] = [batches[thread], shares[thread]]
    const own = { ...weights, gradient: gradients[thread] }
    const shared = share && { firstRow: samples.start, wait: team.barrier, gradient: weights.gradient }
    const pass = { batchRows, updatesStatistics: counts && thread === 0, shared }
    input.plan(plan, samples, batch, share && { ...share, rows: batchRows })
    model.planForward(plan, own, batch, samples.count, pass)
    model.planBackward(plan, own, batch, samples.count, pass)
  }

  /** What the thread has of each stretch of the weights, and where they start there in bytes. */
  function partsOf(thread: number) {
    return stretches.map(({ first, end, summed }) => {
      const { start, count } = partOf(end - first, thread, team.threads, partUnit)
      return { count, at: (first + start) * weights.gradient.BYTES_PER_ELEMENT, summed }
    })
  }

  /** The sum of the gradients in the thread's parts, first to last. */
  function planSum(plan: Plan, thread: number, working: readonly number[]): void {
    if (working.length === 1) return
    for (const { count, at, summed } of partsOf(thread)) {
      if (!summed) continue
      const [total, ...others] = working.map((each) => gradients[each].byteOffset + at)
      plan.call(sumArrays(precision, working.length), count, 0, total, ...others)
    }
  }

  function planNorm(plan: Plan, thread: number): void {
    for (const [index, { count, at }] of partsOf(thread).entries()) {
      const to = squaredNorms.byteOffset + 8 * (thread * stretches.length + index)
      plan.call(sumOfSquares(precision), count, weights.gradient.byteOffset + at, to)
    }
  }

  return {
    cuts,
    plans(rows, { updatesStatistics } = { updatesStatistics: true }) {
      const plans = threads.map(() => createPlan(workspace))
      const working = threads.filter((thread) => shareOf(rows, thread, team.threads).count > 0)
      for (const thread of working) planGradient(plans[thread], thread, rows, updatesStatistics)
      const meet = (): void => {
        for (const plan of plans) team.barrier(plan)
      }
      meet()
      for (const [thread, plan] of plans.entries()) planSum(plan, thread, working)
      if (l2 > 0) {
        meet()
        planL2(plans[0], model, weights, l2, penalty)
        meet()
      }
      for (const [thread, plan] of plans.entries()) planNorm(plan, thread)
      meet()
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
      for (const squared of squaredNorms) squares += squared
      return Math.sqrt(squares)
    },
  }
}
