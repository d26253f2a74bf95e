import { defineSchedule } from './schedule.ts'

/**
 * A momentum that grows towards a maximum in steps.
 *
 *   mu(k) = min(1 - 2^(-1 - log2(floor(k / every) + 1)), maximum)
 *
 * which is min(1 - 1 / (2 (floor(k / every) + 1)), maximum): 1/2, 3/4, 5/6, ...; `every` counts steps (updates).
 * Source: Sutskever, Martens, Dahl & Hinton 2013, equation 5, with every = 250 and a maximum out of
 * {0, 0.9, 0.99, 0.995, 0.999}. For use with Nesterov's momentum.
 *
 * @example sutskeverMomentum({ maximum: 0.99 })(250) // 0.75
 */
export const sutskeverMomentum = defineSchedule({
  name: 'sutskeverMomentum',
  equation: 'mu(k) = min(1 - 2^(-1 - log2(floor(k / every) + 1)), maximum)',
  parameters: {
    maximum: { default: 0.99, atLeast: 0, lessThan: 1 },
    every: { default: 250, atLeast: 1, integer: true },
  },
  at:
    ({ maximum, every }) =>
    (step) =>
      Math.min(1 - 0.5 / (Math.floor(step / every) + 1), maximum),
})
