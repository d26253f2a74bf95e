import { linearBetween } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * A triangular wave: in straight lines up to the high value and down to the low one, again and again.
 *
 *   alpha(k) = low + (high - low) p / up                       p <= up,   p = k mod (up + down)
 *   alpha(k) = low + (high - low) (up + down - p) / down       p > up
 *
 * `up` and `down` count steps (updates); without `down` it is `up`. `low` is at k = 0, `high` at k = up.
 * `invert` of a cyclic momentum is PyTorch's cycle_momentum.
 * Source: Smith 2017, arXiv:1506.01186, section 3.1; PyTorch's CyclicLR, mode triangular.
 *
 * @example cyclic({ low: 0.1, high: 0.3, up: 10 })(15) // 0.2
 */
export const cyclic = defineSchedule({
  name: 'cyclic',
  equation: 'alpha(k) = in straight lines from low to high in `up` steps, back in `down` steps, and again',
  parameters: {
    low: { atLeast: 0 },
    high: { base: true, atLeast: 0 },
    up: { atLeast: 1, integer: true },
    down: { optional: true, atLeast: 1, integer: true },
  },
  requires: ({ low, high }) => (low > high ? `low must be at most high, ${high}, got ${low}` : undefined),
  at: ({ low, high, up, down = up }) => {
    const cycle = up + down
    return (step) => {
      const position = step % cycle
      return position <= up
        ? linearBetween(low, high, position, up)
        : linearBetween(high, low, position - up, down)
    }
  },
})
