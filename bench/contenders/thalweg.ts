import {
  allocate,
  createOptimizer,
  type Optimizer,
  type OptimizerSpec,
} from '../../packages/optimizers/src/index.ts'
import { microseconds } from '../measure.ts'
import { ownVersion } from './installed.ts'
import { gradientOf, startParameters, type Trainer } from './trainer.ts'

/** Ours, with arrays from `allocate`, which are used in place, or in memory of their own. */
export function thalweg(name: string, arrays: 'allocated' | 'foreign'): Trainer {
  return {
    name,
    version: ownVersion('optimizers'),

    async setUp(optimizerName, length) {
      const optimizer = optimizerCalled(optimizerName)
      if (optimizer === undefined) return undefined
      let [parameters, gradient] = [startParameters(length), gradientOf(length)]
      if (arrays === 'allocated') {
        const [ownParameters, ownGradient] = [allocate(length), allocate(length)]
        ownParameters.set(parameters)
        ownGradient.set(gradient)
        parameters = ownParameters
        gradient = ownGradient
      }
      const state = optimizer.init(parameters)
      return {
        elapsed: (calls) =>
          microseconds(calls, () => {
            optimizer.step(parameters, gradient, state)
          }),
        first: (count) => [...parameters.subarray(0, count)],
      }
    },

    close() {},
  }
}

function optimizerCalled(name: string): Optimizer | undefined {
  try {
    return createOptimizer({ name } as OptimizerSpec)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
