import { defineSchedule } from './schedule.ts'

/**
 * Exponential decay.
 *
 *   alpha(k) = alpha_0 e^(-rate k)
 *
 * `rate` is per step (update). PyTorch's ExponentialLR(gamma) is rate = -ln(gamma).
 * Source: CS231n, "Annealing the learning rate" (its `k` is `rate`, its `t` the step).
 *
 * @example exponentialDecay({ initial: 0.1, rate: Math.LN2 / 10 })(10) // 0.05
 */
export const exponentialDecay = defineSchedule({
  name: 'exponentialDecay',
  equation: 'alpha(k) = alpha_0 * exp(-rate * k)',
  parameters: { initial: { greaterThan: 0 }, rate: { atLeast: 0 } },
  at:
    ({ initial, rate }) =>
    (step) =>
      initial * Math.exp(-rate * step),
})
