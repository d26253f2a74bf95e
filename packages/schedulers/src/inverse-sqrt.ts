import { defineSchedule } from './schedule.ts'

/**
 * Decay by the inverse square root of time.
 *
 *   alpha(k) = alpha_0 / sqrt(1 + k / every)
 *
 * `every` counts steps (updates). With every = 1 this is alpha / sqrt(t), t = k + 1, for which Adam's regret is bounded.
 * `warmup` over W steps, then this with every = W, is alpha_0 sqrt(W / k) from k = W on: the inverse square root schedule
 * of fairseq and of the Transformer.
 * Source: Kingma & Ba 2015, arXiv:1412.6980, section 4 and theorem 4.1.
 *
 * @example inverseSqrt({ initial: 0.1 })(3) // 0.05
 */
export const inverseSqrt = defineSchedule({
  name: 'inverseSqrt',
  equation: 'alpha(k) = alpha_0 / sqrt(1 + k / every)',
  parameters: {
    initial: { base: true, greaterThan: 0 },
    every: { default: 1, atLeast: 1, integer: true },
  },
  at:
    ({ initial, every }) =>
    (step) =>
      initial / Math.sqrt(1 + step / every),
})
