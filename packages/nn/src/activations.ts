import { type Activation, activate, activateBackward } from '@thalweg/kernels'
import { type Layer, noTensors } from './layer.ts'
import { sizeOf } from './shape.ts'

/** The rectifier: y = max(x, 0),  dx = dy where y > 0, else 0. */
export function relu(): Layer {
  return activationLayer({ name: 'relu' })
}

/** y = x where x > 0, else slope x. `slope` in (0, 1], 0.01 by default. Source: Maas et al. 2013. */
export function leakyRelu(slope = 0.01): Layer {
  if (!(slope > 0 && slope <= 1)) throw new RangeError(`leakyRelu: slope must be in (0, 1], got ${slope}`)
  return activationLayer({ name: 'leakyRelu', slope })
}

/** y = tanh(x),  dx = dy (1 - y^2). */
export function tanh(): Layer {
  return activationLayer({ name: 'tanh' })
}

/** y = 1 / (1 + e^-x),  dx = dy y (1 - y). */
export function sigmoid(): Layer {
  return activationLayer({ name: 'sigmoid' })
}

/** Element-wise and in place: the backward pass needs y alone. */
function activationLayer(activation: Activation): Layer {
  return {
    name: activation.name,
    lay: (shape) => ({
      outputShape: shape,
      ...noTensors,
      inPlace: true,
      backwardReads: ['output'],
      activation,
      place: () => ({
        forward({ plan, precision, rows }, { input, output }) {
          plan.call(activate(precision, activation), rows * sizeOf(shape), 0, input, output)
        },
        backward({ plan, precision, rows }, { output, outputGradient, inputGradient }) {
          if (inputGradient === undefined) return
          const arrays = [output, outputGradient, inputGradient]
          plan.call(activateBackward(precision, activation), rows * sizeOf(shape), 0, ...arrays)
        },
      }),
    }),
  }
}
