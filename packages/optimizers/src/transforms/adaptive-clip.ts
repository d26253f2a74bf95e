import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'adaptiveClip',
  source: 'Brock et al. 2021, arXiv:2102.06171, equation 3',
  on: 'gradient',
  scope: 'row',
  ranges: { clipping: { greaterThan: 0 }, smallestNorm: { greaterThan: 0 } },
  rule: `
    largest = clipping * max(norm(w), smallest_norm)
    gradient *= where(norm(gradient) > largest, largest / max(norm(gradient), 1e-6), 1)
  `,
})

/**
 * Adaptive gradient clipping: each unit's gradient is at most `clipping` times as long as the unit's weights.
 *
 *   g_i <- g_i clipping max(||w_i||, smallestNorm) / ||g_i||   where ||g_i|| is above that
 *
 * A unit is a row: tensors of two dimensions and more lie as [out, in, ...], and their shapes are given to `init`; any
 * other tensor is one unit.
 *
 * @example chain(adaptiveClip({ clipping: 0.01 }), sgd({ learningRate: 0.1 }))
 */
export function adaptiveClip({
  clipping = 0.01,
  smallestNorm = 1e-3,
}: {
  readonly clipping?: number
  readonly smallestNorm?: number
} = {}): Transform {
  return define({ clipping, smallestNorm })
}
