import { defineSchedule } from './schedule.ts'

/**
 * The Transformer's schedule: a linear warm-up, then decay by the inverse square root.
 *
 *   alpha(k) = scale d^(-1/2) min(t^(-1/2), t W^(-3/2)),   t = k + 1
 *
 * `modelSize` is d, the width of the model; `warmupSteps` is W. The largest value, scale / sqrt(d W), is at k = W - 1.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, equation 3; its step_num counts from 1, and its scale is 1.
 *
 * @example noam({ modelSize: 100, warmupSteps: 4 })(15) // 0.025
 */
export const noam = defineSchedule({
  name: 'noam',
  equation: 'alpha(k) = scale * d^(-1/2) * min(t^(-1/2), t * W^(-3/2)), t = k + 1',
  parameters: {
    modelSize: { atLeast: 1, integer: true },
    warmupSteps: { default: 4000, atLeast: 1, integer: true },
    scale: { default: 1, greaterThan: 0 },
  },
  at: ({ modelSize, warmupSteps, scale }) => {
    const factor = scale / Math.sqrt(modelSize)
    return (step) => {
      const t = step + 1
      return factor * Math.min(1 / Math.sqrt(t), t / (warmupSteps * Math.sqrt(warmupSteps)))
    }
  },
})
