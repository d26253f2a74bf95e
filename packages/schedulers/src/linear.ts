import { linearBetween } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * A straight line from the initial to the final value, which then holds.
 *
 *   alpha(k) = alpha_0 + (alpha_T - alpha_0) min(k, T) / T
 *
 * `steps` is T. It may rise or fall; either end may be 0. PyTorch's LinearLR gives both ends as factors of the rate.
 * As a momentum it is the lecture notes' ramp "from 0.5 to 0.99 over multiple epochs" (CS231n, "Momentum update").
 *
 * @example linear({ initial: 0.5, final: 0.99, steps: 100 })(50) // 0.745
 */
export const linear = defineSchedule({
  name: 'linear',
  equation: 'alpha(k) = alpha_0 + (alpha_T - alpha_0) * min(k, T) / T',
  parameters: {
    initial: { base: true, atLeast: 0 },
    final: { default: 0, atLeast: 0 },
    steps: { atLeast: 1, integer: true },
  },
  at:
    ({ initial, final, steps }) =>
    (step) =>
      linearBetween(initial, final, Math.min(step, steps), steps),
})
