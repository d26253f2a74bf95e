import { defineSchedule } from './schedule.ts'

/**
 * The sweep of a learning-rate range test: exponentially from the low to the high value, which then holds.
 *
 *   alpha(k) = low (high / low)^(min(k, T) / T)
 *
 * `steps` is T. Train a fresh model over it, and give the rates and losses to `suggestLearningRate`.
 * Source: Smith 2017, arXiv:1506.01186, section 3.3; the exponential form is Gugger 2018 and fastai's lr_find.
 *
 * @example rangeTest({ low: 1e-4, high: 1, steps: 100 })(50) // 0.01
 */
export const rangeTest = defineSchedule({
  name: 'rangeTest',
  equation: 'alpha(k) = low * (high / low)^(min(k, T) / T)',
  parameters: {
    low: { default: 1e-7, greaterThan: 0 },
    high: { default: 10, greaterThan: 0 },
    steps: { default: 100, atLeast: 1, integer: true },
  },
  requires: ({ low, high }) => (low >= high ? `low must be below high, ${high}, got ${low}` : undefined),
  at:
    ({ low, high, steps }) =>
    (step) =>
      step >= steps ? high : Math.min(high, low * (high / low) ** (step / steps)),
})
