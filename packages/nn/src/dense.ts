import { addToRows, gemm, gemmValues, sumRows, type Transposition } from '@thalweg/kernels'
import type { Layer, PlanContext } from './layer.ts'

/**
 * A fully connected layer.
 *
 *   y = x W + b
 *   dW = x^T dy,  db = sum over rows of dy,  dx = dy W^T
 *
 * Shapes: x [rows, inputs], W `weight` [inputs, units], b `bias` [units], y [rows, units].
 */
export function dense(units: number): Layer {
  if (!(Number.isInteger(units) && units >= 1)) {
    throw new RangeError(`dense: units must be a whole number in [1, ∞), got ${units}`)
  }
  return {
    name: 'dense',
    inPlace: false,
    outputs: () => units,
    productColumns: (inputs) => Math.max(units, inputs),
    tensors: (inputs) => [
      { name: 'weight', shape: [inputs, units], init: 'weights' },
      { name: 'bias', shape: [units], init: 'zeros' },
    ],
    forward(context, inputs, { input, output, tensors }) {
      multiply(context, 'NN', [context.rows, units, inputs], input, tensors.weight, output)
      context.plan.call(addToRows(context.precision), context.rows, units, tensors.bias, output)
    },
    backward(context, inputs, { input, outputGradient, inputGradient, tensors, tensorGradients }) {
      const { rows, plan, precision } = context
      multiply(context, 'TN', [inputs, units, rows], input, outputGradient, tensorGradients.weight)
      plan.call(sumRows(precision), rows, units, outputGradient, tensorGradients.bias)
      if (inputGradient === undefined) return
      multiply(context, 'NT', [rows, inputs, units], outputGradient, tensors.weight, inputGradient)
    },
  }
}

/** C [m, n] = A B over an inner dimension k. */
function multiply(
  { plan, precision, scratch }: PlanContext,
  transposition: Transposition,
  [m, n, k]: readonly [m: number, n: number, k: number],
  a: number,
  b: number,
  c: number,
): void {
  plan.call(gemm(precision), ...gemmValues(precision, { transposition, m, n, k, a, b, c, beta: 0, scratch }))
}
