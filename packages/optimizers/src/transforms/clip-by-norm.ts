import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'clipByNorm',
  source: "Pascanu et al. 2013, arXiv:1211.5063, by tensor; Keras's clipnorm",
  on: 'gradient',
  ranges: { maxNorm: { greaterThan: 0 } },
  // A norm of 0 gives the ratio Infinity, of which min() takes 1.
  rule: 'gradient *= min(1, max_norm / norm(gradient))',
})

/**
 * The gradient of each tensor scaled down to this norm where it is longer.
 *
 * @example chain(clipByNorm(1), sgd({ learningRate: 0.1 }))
 */
export function clipByNorm(maxNorm: number): Transform {
  return define({ maxNorm })
}
