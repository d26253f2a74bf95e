import { bytesFor, createWorkspace } from '../../packages/kernels/src/index.ts'
import { createOptimizer, type Optimizer, type OptimizerSpec } from '../../packages/optimizers/src/index.ts'
import { microseconds } from '../measure.ts'
import { ownVersion } from './installed.ts'
import { gradientOf, startParameters, type Trainer } from './trainer.ts'

/** Parameters, gradient, two states, and room for the numbers of a rule. */
const arraysPerCase = 5

/** Ours, with arrays in a workspace, where they are used in place, or in memory of their own. */
export function thalweg(name: string, arrays: 'workspace' | 'foreign'): Trainer {
  return {
    name,
    version: ownVersion('optimizers'),

    async setUp(optimizerName, length) {
      const optimizer = optimizerCalled(optimizerName)
      if (optimizer === undefined) return undefined
      let [parameters, gradient] = [startParameters(length), gradientOf(length)]
      if (arrays === 'workspace') {
        const workspace = createWorkspace({ bytes: arraysPerCase * bytesFor(length, 4) + 65_536 })
        const inside = [workspace.f32(length), workspace.f32(length)]
        inside[0].set(parameters)
        inside[1].set(gradient)
        parameters = inside[0]
        gradient = inside[1]
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
