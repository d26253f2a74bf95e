import { upAndDown } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * One cycle: along half a cosine up to a peak, along another down to almost nothing.
 *
 *   alpha(k) = cosine from peak / divide at k = 0 to peak at k = U,
 *              cosine from peak at k = U to peak / divide / finalDivide at k = T - 1;   U = warmupFraction T - 1
 *
 * `steps` is T, the whole run: the last of T updates, k = T - 1, has the smallest rate, which then holds. U need not be a
 * whole number; where it is below 0, the cycle starts on its way down.
 * `oneCycleMomentum` is the momentum that goes with it.
 * Source: Smith & Topin 2018, arXiv:1708.07120; equations and boundaries of PyTorch's OneCycleLR, two phases, cosine.
 * Departs: PyTorch raises an error past T; here the last value stays.
 *
 * @example oneCycle({ peak: 1, steps: 10 })(2) // 1
 */
export const oneCycle = defineSchedule({
  name: 'oneCycle',
  equation:
    'alpha(k) = cosine from peak / divide up to peak at k = warmupFraction * T - 1, then down to peak / divide / finalDivide at k = T - 1',
  parameters: {
    peak: { base: true, greaterThan: 0 },
    steps: { atLeast: 1, integer: true },
    warmupFraction: { default: 0.3, atLeast: 0, atMost: 1 },
    divide: { default: 25, atLeast: 1 },
    finalDivide: { default: 1e4, atLeast: 1 },
  },
  at: ({ peak, steps, warmupFraction, divide, finalDivide }) => {
    const initial = peak / divide
    return upAndDown(initial, peak, initial / finalDivide, steps, warmupFraction)
  },
})
