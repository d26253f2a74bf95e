import { cosineBetween } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * Cosine annealing with warm restarts: each cycle falls along half a cosine, and the next starts at the top again.
 *
 *   alpha(k) = alpha_min + (alpha_0 - alpha_min) (1 + cos(pi k_i / T_i)) / 2,   T_i = period periodFactor^i
 *
 * k_i counts the steps of cycle i. A cycle starts anew at k_i = T_i, so that `final`, alpha_min, is approached and never
 * taken. `period` and `periodFactor` are whole numbers, as in the paper and in PyTorch: every restart is then exact.
 * Source: Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5; PyTorch's CosineAnnealingWarmRestarts.
 *
 * @example cosineRestarts({ initial: 0.1, period: 10, periodFactor: 2 })(20) // 0.05, the middle of the second cycle
 */
export const cosineRestarts = defineSchedule({
  name: 'cosineRestarts',
  equation:
    'alpha(k) = alpha_min + (alpha_0 - alpha_min) * (1 + cos(pi * k_i / T_i)) / 2, T_i = period * periodFactor^i',
  parameters: {
    initial: { base: true, atLeast: 0 },
    final: { default: 0, atLeast: 0 },
    period: { atLeast: 1, integer: true },
    periodFactor: { default: 1, atLeast: 1, integer: true },
  },
  at:
    ({ initial, final, period, periodFactor }) =>
    (step) => {
      const { position, length } = cycleAt(step, period, periodFactor)
      return cosineBetween(initial, final, position, length)
    },
})

/**
 * The cycle that a step falls into: its length, and the steps since it began. Whole numbers are added up rather than a logarithm rounded down, which is wrong
 * at some restarts; the cycles grow at least twofold, so that there are few of them.
 */
function cycleAt(step: number, period: number, periodFactor: number) {
  if (periodFactor === 1) return { position: step % period, length: period }
  let position = step
  let length = period
  while (position >= length) {
    position -= length
    length *= periodFactor
  }
  return { position, length }
}
