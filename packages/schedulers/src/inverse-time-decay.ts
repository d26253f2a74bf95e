import { defineSchedule } from './schedule.ts'

/**
 * 1/t decay.
 *
 *   alpha(k) = alpha_0 / (1 + rate k)
 *
 * `rate` is per step (update). Keras's InverseTimeDecay(decay_rate r, decay_steps T) is rate = r / T.
 * Source: CS231n, "Annealing the learning rate" (its `k` is `rate`, its `t` the step).
 *
 * @example inverseTimeDecay({ initial: 0.1, rate: 0.1 })(10) // 0.05
 */
export const inverseTimeDecay = defineSchedule({
  name: 'inverseTimeDecay',
  equation: 'alpha(k) = alpha_0 / (1 + rate * k)',
  parameters: { initial: { greaterThan: 0 }, rate: { atLeast: 0 } },
  at:
    ({ initial, rate }) =>
    (step) =>
      initial / (1 + rate * step),
})
