import { copy } from '@thalweg/kernels'
import { type Layer, noTensors } from './layer.ts'
import { sizeOf } from './shape.ts'

/** A sample's numbers as one row of features, in the order in which they lie: y [rows, features]. */
export function flatten(): Layer {
  return {
    name: 'flatten',
    lay: (shape) => ({
      outputShape: [sizeOf(shape)],
      ...noTensors,
      inPlace: true,
      backwardReads: [],
      place: () => ({
        forward({ plan, precision, rows }, { input, output }) {
          if (output !== input) plan.call(copy(precision), rows * sizeOf(shape), 0, input, output)
        },
        backward({ plan, precision, rows }, { outputGradient, inputGradient }) {
          if (inputGradient === undefined || inputGradient === outputGradient) return
          plan.call(copy(precision), rows * sizeOf(shape), 0, outputGradient, inputGradient)
        },
      }),
    }),
  }
}
