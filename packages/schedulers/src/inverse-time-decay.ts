import { defineSchedule } from './schedule.ts'

/**
 * 1/t decay.
 *
 *   alpha(k) = alpha_0 / (1 + rate k / every)
 *
 * `rate` is per `every` steps (updates): the names of Keras's InverseTimeDecay are decay_rate and decay_steps.
 * Source: CS231n, "Annealing the learning rate" (its `k` is `rate`, its `t` the step, `every` is 1).
 *
 * @example inverseTimeDecay({ initial: 0.1, rate: 0.1 })(10) // 0.05
 */
export const inverseTimeDecay = defineSchedule({
  name: 'inverseTimeDecay',
  equation: 'alpha(k) = alpha_0 / (1 + rate * k / every)',
  parameters: {
    initial: { base: true, greaterThan: 0 },
    rate: { atLeast: 0 },
    every: { default: 1, atLeast: 1, integer: true },
  },
  at:
    ({ initial, rate, every }) =>
    (step) =>
      initial / (1 + (rate * step) / every),
})
