import { defineSchedule } from './schedule.ts'

/**
 * Exponential decay: the rate falls by the same factor every few steps, smoothly in between.
 *
 *   alpha(k) = alpha_0 factor^(k / every)
 *
 * `every` counts steps (updates). The lecture notes' alpha_0 e^(-rate k) is factor = e^(-rate), every = 1; PyTorch's
 * ExponentialLR(gamma) is factor = gamma; Keras's ExponentialDecay(decay_steps, decay_rate) is every and factor.
 * Source: CS231n, "Annealing the learning rate" (its `k` is `rate`, its `t` the step).
 *
 * @example exponentialDecay({ initial: 0.1, factor: 0.25, every: 10 })(5) // 0.05
 */
export const exponentialDecay = defineSchedule({
  name: 'exponentialDecay',
  equation: 'alpha(k) = alpha_0 * factor^(k / every)',
  parameters: {
    initial: { base: true, greaterThan: 0 },
    factor: { greaterThan: 0, atMost: 1 },
    every: { default: 1, atLeast: 1, integer: true },
  },
  at:
    ({ initial, factor, every }) =>
    (step) =>
      initial * factor ** (step / every),
})
