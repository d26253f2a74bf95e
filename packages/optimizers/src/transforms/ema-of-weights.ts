import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'emaOfWeights',
  source: "Polyak & Juditsky 1992; PyTorch's AveragedModel with get_ema_multi_avg_fn",
  on: 'weights',
  ranges: { averageDecay: { atLeast: 0, lessThan: 1 } },
  evaluation: 'average',
  rule: `
    average = w
    average = where(t > 1, average_decay, 0) * average + where(t > 1, 1 - average_decay, 1) * w
  `,
})

/**
 * An exponential moving average of the weights, to evaluate and to keep.
 *
 *   a <- d a + (1 - d) w
 *
 * d `decay`, 0.999 by default; a is w after the first step.
 *
 * @example
 * const optimizer = chain(sgd(), emaOfWeights())
 * optimizer.evaluationParameters(state)
 */
export function emaOfWeights(decay = 0.999): Transform {
  return define({ averageDecay: decay })
}
