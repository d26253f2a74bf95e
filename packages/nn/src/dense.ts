import { type Activation, addBias, biasBackward } from '@thalweg/kernels'
import { placeDenseByInputs } from './dense-by-inputs.ts'
import type { LaidLayer, Layer } from './layer.ts'
import { multiply } from './product.ts'
import { wholeNumber } from './range.ts'
import { sizeOf } from './shape.ts'

/**
 * A fully connected layer.
 *
 *   y = x W + b
 *   dW = x^T dy,  db = sum over rows of dy,  dx = dy W^T
 *
 * Shapes: x [rows, inputs], W `weight` [inputs, units], b `bias` [units], y [rows, units]; images are flattened.
 * `units` is a whole number from 1.
 */
export function dense(units: number): Layer {
  wholeNumber('dense', 'units', units)
  return { name: 'dense', lay: (shape) => layDense(sizeOf(shape), units, undefined) }
}

function layDense(inputs: number, units: number, activation: Activation | undefined): LaidLayer {
  return {
    outputShape: [units],
    tensors: [
      { name: 'weight', shape: [inputs, units], init: 'weights', fanIn: inputs, fanOut: units },
      { name: 'bias', shape: [units], init: 'zeros' },
    ],
    statistics: [],
    inPlace: false,
    backwardReads: activation === undefined ? ['input'] : ['input', 'output'],
    ...(activation === undefined && { withActivation: (joined) => layDense(inputs, units, joined) }),
    dense: { inputs, units },
    place(arena, rows, _gradients, share) {
      if (share !== undefined) return placeDenseByInputs(arena, units, activation, share)
      for (const [m, n, k] of [
        [rows, units, inputs],
        [inputs, units, rows],
        [rows, inputs, units],
      ]) {
        arena.product(m, n, k)
      }
      return {
        forward(context, { input, output, tensors }) {
          const { plan, precision, rows } = context
          multiply(context, 'NN', [rows, units, inputs], [input, tensors('weight'), output])
          plan.call(addBias(precision, activation), rows, units, tensors('bias'), output)
        },
        backward(context, { input, output, outputGradient, inputGradient, tensors, tensorGradients }) {
          const { plan, precision, rows } = context
          const bias = [rows, units, output, outputGradient, tensorGradients('bias')]
          plan.call(biasBackward(precision, activation), ...bias)
          multiply(context, 'TN', [inputs, units, rows], [input, outputGradient, tensorGradients('weight')])
          if (inputGradient === undefined) return
          multiply(context, 'NT', [rows, inputs, units], [outputGradient, tensors('weight'), inputGradient])
        },
      }
    },
  }
}
