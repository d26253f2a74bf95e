import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'clipByGlobalNorm',
  source: "Pascanu et al. 2013, arXiv:1211.5063, Algorithm 1; PyTorch's clip_grad_norm_",
  on: 'gradient',
  ranges: { maxGlobalNorm: { greaterThan: 0 }, clipEpsilon: { atLeast: 0 } },
  // A norm of 0 without epsilon gives the ratio Infinity, of which min() takes 1.
  rule: 'gradient *= min(1, max_global_norm / (globalNorm(gradient) + clip_epsilon))',
})

/**
 * All gradients scaled down together where their norm over all tensors is above this.
 *
 *   g <- g min(1, maxNorm / (||g|| + epsilon))
 *
 * `epsilon` is 1e-6 as in PyTorch; optax and Keras have 0. One NaN makes every gradient NaN; one infinity makes itself
 * NaN and the others 0, as in PyTorch: see `skipNonFinite`.
 *
 * @example chain(clipByGlobalNorm(1), adamw())
 */
export function clipByGlobalNorm(
  maxNorm: number,
  { epsilon = 1e-6 }: { readonly epsilon?: number } = {},
): Transform {
  return define({ maxGlobalNorm: maxNorm, clipEpsilon: epsilon })
}
