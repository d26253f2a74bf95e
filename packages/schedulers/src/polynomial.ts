import { weighted } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * Polynomial decay from the initial to the final value, which then holds.
 *
 *   alpha(k) = alpha_T + (alpha_0 - alpha_T) (1 - min(k, T) / T)^power
 *
 * `steps` is T. With power 1 it is `linear`. PyTorch's PolynomialLR ends at 0.
 *
 * @example polynomial({ initial: 0.4, steps: 100, power: 2 })(50) // 0.1
 */
export const polynomial = defineSchedule({
  name: 'polynomial',
  equation: 'alpha(k) = alpha_T + (alpha_0 - alpha_T) * (1 - min(k, T) / T)^power',
  parameters: {
    initial: { base: true, atLeast: 0 },
    final: { default: 0, atLeast: 0 },
    steps: { atLeast: 1, integer: true },
    power: { default: 1, greaterThan: 0 },
  },
  at:
    ({ initial, final, steps, power }) =>
    (step) =>
      weighted(initial, final, (Math.max(steps - step, 0) / steps) ** power),
})
