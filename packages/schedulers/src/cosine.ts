import { cosineBetween } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * Cosine annealing: half a cosine from the initial to the final value, which then holds.
 *
 *   alpha(k) = alpha_T + (alpha_0 - alpha_T) (1 + cos(pi min(k, T) / T)) / 2
 *
 * `steps` is T. The last value is exactly alpha_T.
 * Source: Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5, one period.
 * Departs: PyTorch's CosineAnnealingLR rises again past T; here, as in optax, it stays.
 *
 * @example cosine({ initial: 0.1, steps: 100 })(50) // 0.05
 */
export const cosine = defineSchedule({
  name: 'cosine',
  equation: 'alpha(k) = alpha_T + (alpha_0 - alpha_T) * (1 + cos(pi * min(k, T) / T)) / 2',
  parameters: {
    initial: { base: true, atLeast: 0 },
    final: { default: 0, atLeast: 0 },
    steps: { atLeast: 1, integer: true },
  },
  at:
    ({ initial, final, steps }) =>
    (step) =>
      cosineBetween(initial, final, Math.min(step, steps), steps),
})
