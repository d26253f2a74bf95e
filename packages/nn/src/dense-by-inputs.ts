import {
  type Activation,
  add,
  addBias,
  biasBackward,
  copy,
  elementBytes,
  type Plan,
  sumArrays,
} from '@thalweg/kernels'
import type { Arena } from './arena.ts'
import type { InputShare, SharedPass } from './input-share.ts'
import type { PlacedLayer, PlanContext } from './layer.ts'
import { multiply } from './product.ts'

/** A dense layer of which a thread has some inputs of all samples; see `InputShare`. `input` is [batchRows, count]. */
export function placeDenseByInputs(
  arena: Arena,
  units: number,
  activation: Activation | undefined,
  share: InputShare,
): PlacedLayer {
  const { thread, start, count, batchRows, sums, sumGradient } = share
  arena.product(batchRows, units, count)
  arena.product(count, units, batchRows)

  /** Bytes from the start of an array of `units` columns. */
  const rowsIn = ({ precision }: PlanContext, rows: number): number => rows * units * elementBytes[precision]

  return {
    forward(context, { input, output, tensors }) {
      const { plan, precision, rows } = context
      const { firstRow, wait } = sharedPass(context)
      const weight = tensors('weight') + rowsIn(context, start)
      multiply(context, 'NN', [context.batchRows, units, count], [input, weight, sums[thread]])
      wait(plan)
      const own = sums.map((at) => at + rowsIn(context, firstRow))
      plan.call(add(precision), rows * units, 0, own[0], own[1], output)
      addOthers(plan, context, rows * units, output, own.slice(2))
      plan.call(addBias(precision, activation), rows, units, tensors('bias'), output)
    },

    backward(context, { input, output, outputGradient, tensorGradients }) {
      const { plan, precision, rows } = context
      const { firstRow, wait, gradient } = sharedPass(context)
      const bias = [rows, units, output, outputGradient, tensorGradients('bias')]
      plan.call(biasBackward(precision, activation), ...bias)
      const ownRows = sumGradient + rowsIn(context, firstRow)
      plan.call(copy(precision), rows * units, 0, outputGradient, ownRows)
      wait(plan)
      // The weights of the first layer are first in the vector.
      const weightGradient = gradient.byteOffset + rowsIn(context, start)
      multiply(context, 'TN', [count, units, context.batchRows], [input, sumGradient, weightGradient])
    },
  }
}

function addOthers(
  plan: Plan,
  { precision }: PlanContext,
  length: number,
  total: number,
  others: readonly number[],
): void {
  if (others.length > 0) plan.call(sumArrays(precision, 1 + others.length), length, 0, total, ...others)
}

function sharedPass({ shared }: PlanContext): SharedPass {
  if (shared === undefined) throw new TypeError('model: a batch with shared inputs needs a shared pass')
  return shared
}
