import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'clipByValue',
  source: "PyTorch's clip_grad_value_, optax's clip",
  on: 'gradient',
  ranges: { limit: { greaterThan: 0 } },
  rule: 'gradient = min(max(gradient, -limit), limit)',
})

/**
 * Every coordinate of the gradient within [-limit, limit].
 *
 * @example chain(clipByValue(1), sgd({ learningRate: 0.1 }))
 */
export function clipByValue(limit: number): Transform {
  return define({ limit })
}
