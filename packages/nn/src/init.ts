import type { Model, Weights } from './model.ts'

/** How weights start; biases start at 0. */
export type Init = { readonly name: 'normal'; readonly scale: number } | { readonly name: 'he' }

/**
 * Fills a model's weights with normal random numbers, tensor by tensor.
 *
 *   normal: W = scale z        he: W = sqrt(2 / inputs) z,  z ~ N(0, 1)
 *
 * `normal()` draws from N(0, 1). Source of he: He et al. 2015, arXiv:1502.01852, equation 10.
 */
export function initialize(model: Model, weights: Weights, init: Init, normal: () => number): void {
  for (const { name, fanIn = 1, init: start } of model.tensors) {
    const tensor = weights.tensors[name]
    if (start !== 'weights') {
      tensor.fill(start === 'ones' ? 1 : 0)
      continue
    }
    const scale = init.name === 'he' ? Math.sqrt(2 / fanIn) : init.scale
    for (let index = 0; index < tensor.length; index++) tensor[index] = scale * normal()
  }
  for (const { offset, length, init: start } of model.statistics) {
    weights.statistics.fill(start === 'ones' ? 1 : 0, offset, offset + length)
  }
}
