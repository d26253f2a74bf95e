import { copy, hadamard } from '@thalweg/kernels'
import { type Layer, noTensors, type PlanContext } from './layer.ts'
import { sizeOf } from './shape.ts'

/**
 * In training, sets each number to 0 with probability `rate`, and makes up for it in the others; else the identity.
 *
 *   y = m x,  dx = m dy,  m = 0 with probability rate, else 1 / (1 - rate), drawn anew by `drawMasks` for every step
 *
 * `rate` in [0, 1). Source: Srivastava et al. 2014.
 */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: rate must be in [0, 1), got ${rate}`)
  return {
    name: 'dropout',
    lay: (shape) => ({
      outputShape: shape,
      ...noTensors,
      inPlace: true,
      backwardReads: [],
      place(arena, rows, gradients) {
        const mask = gradients && rate > 0 ? arena.mask(rows, sizeOf(shape), rate) : undefined

        /** to = m from, or from itself. */
        function plan({ plan, precision, rows, mode }: PlanContext, from: number, to: number): void {
          const count = rows * sizeOf(shape)
          if (mode === 'evaluate' || rate === 0) {
            if (to !== from) plan.call(copy(precision), count, 0, from, to)
            return
          }
          if (mask === undefined) {
            throw new TypeError(
              'dropout: a batch without gradients has no masks: plan it with mode "evaluate"',
            )
          }
          plan.call(hadamard(precision), count, 0, from, mask, to)
        }

        return {
          forward: (context, { input, output }) => plan(context, input, output),
          backward(context, { outputGradient, inputGradient }) {
            if (inputGradient !== undefined) plan(context, outputGradient, inputGradient)
          },
        }
      },
    }),
  }
}
