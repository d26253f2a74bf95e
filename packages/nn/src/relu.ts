import { reluBackward, relu as reluKernel } from '@thalweg/kernels'
import type { Layer } from './layer.ts'

/**
 * The rectifier.
 *
 *   y = max(x, 0),  dx = dy where y > 0, else 0
 *
 * Element-wise and in place: the backward pass needs y alone.
 */
export function relu(): Layer {
  return {
    name: 'relu',
    inPlace: true,
    outputs: (inputs) => inputs,
    productColumns: () => 0,
    tensors: () => [],
    forward({ plan, precision, rows }, inputs, { input, output }) {
      plan.call(reluKernel(precision), rows * inputs, 0, input, output)
    },
    backward({ plan, precision, rows }, inputs, { output, outputGradient, inputGradient }) {
      if (inputGradient === undefined) return
      plan.call(reluBackward(precision), rows * inputs, 0, output, outputGradient, inputGradient)
    },
  }
}
