import { defineSchedule } from './schedule.ts'

/**
 * Step decay: the rate is multiplied by a factor every few steps.
 *
 *   alpha(k) = alpha_0 factor^floor(k / every)
 *
 * `every` counts steps (updates); the new value holds from k = every on. The lecture notes' rules of thumb are
 * a factor 0.5 every 5 epochs or 0.1 every 20.
 * Source: CS231n, "Annealing the learning rate"; boundaries as PyTorch's StepLR.
 *
 * @example stepDecay({ initial: 0.1, factor: 0.5, every: 10 })(10) // 0.05
 */
export const stepDecay = defineSchedule({
  name: 'stepDecay',
  equation: 'alpha(k) = alpha_0 * factor^floor(k / every)',
  parameters: {
    initial: { base: true, greaterThan: 0 },
    factor: { default: 0.5, greaterThan: 0, atMost: 1 },
    every: { atLeast: 1, integer: true },
  },
  at:
    ({ initial, factor, every }) =>
    (step) =>
      initial * factor ** Math.floor(step / every),
})
