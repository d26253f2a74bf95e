import { linearBetween, warmupFraction } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * Warm-up, a long stretch at the peak, and a short decay (WSD, also called trapezoidal).
 *
 *   alpha(k) = peak (k + 1) / (W + 1)                    k < W
 *   alpha(k) = peak                                      W <= k <= W + S
 *   alpha(k) = peak + (final - peak) (k - W - S) / D     W + S < k < W + S + D
 *   alpha(k) = final                                     from there on
 *
 * `warmupSteps` is W, `stableSteps` S, `decaySteps` D. The warm-up is that of `warmup`; the decay is linear.
 * Source: Hu et al. 2024, arXiv:2404.06395, which names it and leaves the decay's shape open; the linear decay
 * is one of those of Hägele et al. 2024, arXiv:2405.18392.
 *
 * @example warmupStableDecay({ peak: 0.1, warmupSteps: 10, stableSteps: 80, decaySteps: 10 })(95) // 0.05
 */
export const warmupStableDecay = defineSchedule({
  name: 'warmupStableDecay',
  equation:
    'alpha(k) = peak * (k + 1) / (W + 1) while k < W, peak for S steps, then linear in D steps to final',
  parameters: {
    peak: { base: true, greaterThan: 0 },
    warmupSteps: { atLeast: 0, integer: true },
    stableSteps: { atLeast: 0, integer: true },
    decaySteps: { atLeast: 1, integer: true },
    final: { default: 0, atLeast: 0 },
  },
  requires: ({ peak, final }) =>
    final > peak ? `final must be at most peak, ${peak}, got ${final}` : undefined,
  at: ({ peak, warmupSteps, stableSteps, decaySteps, final }) => {
    const decayStart = warmupSteps + stableSteps
    return (step) => {
      if (step < decayStart) return peak * warmupFraction(step, warmupSteps)
      return linearBetween(peak, final, Math.min(step - decayStart, decaySteps), decaySteps)
    }
  },
})
