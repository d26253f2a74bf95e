import type { Model, Weights } from './model.ts'
import { orthogonal } from './orthogonal.ts'
import { positive } from './range.ts'

/** How weights start; biases start at 0. */
export type Init =
  | { readonly name: 'normal'; readonly scale: number }
  | { readonly name: 'he' }
  | { readonly name: 'xavier' }
  /** `gain` 1 by default. */
  | { readonly name: 'orthogonal'; readonly gain?: number }

/**
 * Fills a model's weights from normal random numbers, tensor by tensor.
 *
 *   normal: W = scale z            he: W = sqrt(2 / inputs) z            xavier: W = sqrt(2 / (inputs + outputs)) z
 *   orthogonal: W = gain Q, Q with orthonormal columns, or rows if they are fewer,  z ~ N(0, 1)
 *
 * `normal()` draws from N(0, 1). `inputs` reach one output, and one input reaches `outputs`. Throws RangeError for a scale or
 * a gain that is not above 0. Sources: He et al. 2015, arXiv:1502.01852, equation 10; Glorot & Bengio 2010, equation 12, as a
 * variance; Saxe et al. 2014, arXiv:1312.6120.
 */
export function initialize(model: Model, weights: Weights, init: Init, normal: () => number): void {
  if (init.name === 'normal') positive('initialize', 'scale', init.scale)
  if (init.name === 'orthogonal') positive('initialize', 'gain', init.gain ?? 1)
  for (const { name, shape, fanIn = 1, fanOut = 1, init: start } of model.tensors) {
    const tensor = weights.tensors[name]
    if (start !== 'weights') {
      tensor.fill(start === 'ones' ? 1 : 0)
      continue
    }
    if (init.name === 'orthogonal') {
      const { gain = 1 } = init
      const columns = shape.at(-1) ?? 1
      tensor.set(orthogonal(tensor.length / columns, columns, normal).map((value) => gain * value))
      continue
    }
    const scale = deviation(init, fanIn, fanOut)
    for (let index = 0; index < tensor.length; index++) tensor[index] = scale * normal()
  }
  for (const { offset, length, init: start } of model.statistics) {
    weights.statistics.fill(start === 'ones' ? 1 : 0, offset, offset + length)
  }
}

/** The standard deviation of independent weights. */
function deviation(init: Exclude<Init, { name: 'orthogonal' }>, inputs: number, outputs: number): number {
  switch (init.name) {
    case 'normal':
      return init.scale
    case 'he':
      return Math.sqrt(2 / inputs)
    case 'xavier':
      return Math.sqrt(2 / (inputs + outputs))
  }
}
