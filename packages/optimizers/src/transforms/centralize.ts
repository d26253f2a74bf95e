import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'centralize',
  source: 'Yong et al. 2020, arXiv:2004.01461, equation 1',
  on: 'gradient',
  scope: 'row',
  ranges: {},
  inherits: ['isMatrix'],
  rule: 'gradient -= where(is_matrix, mean(gradient), 0)',
})

/**
 * Gradient centralization: each row's mean is taken out of the gradient.
 *
 * Tensors of two dimensions and more lie as [out, in, ...], and their shapes are given to `init`; biases and other
 * tensors of one dimension are left alone. For tensors that lie as [in, out] this would be the wrong mean.
 *
 * @example chain(centralize(), sgd({ learningRate: 0.1 }))
 */
export function centralize(): Transform {
  return define({})
}
