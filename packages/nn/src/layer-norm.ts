import { layerNormBackward, layerNorm as layerNormKernel } from '@thalweg/kernels'
import type { LaidLayer, Layer } from './layer.ts'
import { positive } from './range.ts'
import { type Shape, sizeOf } from './shape.ts'

export interface LayerNormOptions {
  /** Added to the variance; above 0, 1e-5 by default. */
  readonly epsilon?: number
}

/**
 * Brings every sample to mean 0 and variance 1, then scales and shifts each of its numbers.
 *
 *   y = scale (x - mean(x)) / sqrt(variance(x) + epsilon) + shift,  mean and variance over all numbers of a sample
 *
 * Shapes: x, y [rows, …]; `scale`, `shift` as a sample. Source: Ba et al. 2016, arXiv:1607.06450.
 */
export function layerNorm({ epsilon = 1e-5 }: LayerNormOptions = {}): Layer {
  positive('layerNorm', 'epsilon', epsilon)
  return { name: 'layerNorm', lay: (shape) => layLayerNorm(shape, epsilon) }
}

function layLayerNorm(shape: Shape, epsilon: number): LaidLayer {
  const columns = sizeOf(shape)
  return {
    outputShape: shape,
    tensors: [
      { name: 'scale', shape, init: 'ones' },
      { name: 'shift', shape, init: 'zeros' },
    ],
    statistics: [],
    inPlace: false,
    backwardReads: ['input'],
    place(arena, rows) {
      /** Each sample's mean, and 1 over the root of its variance. */
      const moments = arena.array(2 * rows)
      return {
        forward({ plan, precision, rows }, { input, output, tensors }) {
          const arrays = [input, tensors('scale'), tensors('shift'), moments, output]
          plan.call(layerNormKernel(precision, epsilon), rows, columns, ...arrays)
        },
        backward({ plan, precision, rows }, arrays) {
          const { input, outputGradient, inputGradient = outputGradient, tensors, tensorGradients } = arrays
          const read = [input, tensors('scale'), moments, outputGradient]
          const written = [inputGradient, tensorGradients('scale'), tensorGradients('shift')]
          plan.call(layerNormBackward(precision), rows, columns, ...read, ...written)
        },
      }
    },
  }
}
