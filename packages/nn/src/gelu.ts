import { type GeluApproximation, geluBackward, gelu as geluKernel } from '@thalweg/kernels'
import { type Layer, noTensors } from './layer.ts'
import { sizeOf } from './shape.ts'

export interface GeluOptions {
  /** `none` by default: Phi itself; `tanh`: what many published networks were trained with. */
  readonly approximation?: GeluApproximation
}

/**
 * The Gaussian error linear unit.
 *
 *   y = x Phi(x),  dx = dy (Phi(x) + x phi(x)),  Phi and phi the distribution function and density of N(0, 1)
 *   by tanh: y = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
 *
 * Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
 */
export function gelu({ approximation = 'none' }: GeluOptions = {}): Layer {
  if (approximation !== 'none' && approximation !== 'tanh') {
    throw new RangeError(`gelu: approximation must be "none" or "tanh", got "${approximation}"`)
  }
  return {
    name: 'gelu',
    lay: (shape) => ({
      outputShape: shape,
      ...noTensors,
      // Two inputs have the same output: the derivative needs to know which.
      inPlace: false,
      backwardReads: ['input'],
      place: () => ({
        forward({ plan, precision, rows }, { input, output }) {
          plan.call(geluKernel(precision, approximation), rows * sizeOf(shape), 0, input, output)
        },
        backward({ plan, precision, rows }, { input, outputGradient, inputGradient }) {
          if (inputGradient === undefined) return
          const arrays = [input, outputGradient, inputGradient]
          plan.call(geluBackward(precision, approximation), rows * sizeOf(shape), 0, ...arrays)
        },
      }),
    }),
  }
}
