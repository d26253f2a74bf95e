import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'addNoise',
  source: 'Neelakantan et al. 2015, arXiv:1511.06807, equation 1',
  on: 'gradient',
  ranges: { noiseVariance: { atLeast: 0 }, noiseDecay: { atLeast: 0 } },
  inputs: ['noise'],
  rule: 'gradient += sqrt(noise_variance / t**noise_decay) * noise',
})

/**
 * Normal noise on the gradient, of variance `variance / t^decay`; t counts from 1.
 *
 * `normal` gives independent standard normal numbers; it is asked once a coordinate and step, tensor by tensor. Its
 * state is the caller's: a resumed run needs it too.
 *
 * @example chain(addNoise({ normal }), sgd({ learningRate: 0.1 }))
 */
export function addNoise({
  normal,
  variance = 0.01,
  decay = 0.55,
}: {
  readonly normal: () => number
  readonly variance?: number
  readonly decay?: number
}): Transform {
  return define({ noiseVariance: variance, noiseDecay: decay }, (noise) => {
    for (let index = 0; index < noise.length; index++) noise[index] = normal()
  })
}
