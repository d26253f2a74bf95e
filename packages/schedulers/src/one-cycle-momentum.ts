import { upAndDown } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * The momentum of one cycle: it falls from `high` to `low` while the rate rises, and comes back while the rate falls.
 *
 *   mu(k) = cosine from high at k = 0 to low at k = U, cosine back to high at k = T - 1;   U = warmupFraction T - 1
 *
 * Source and boundaries as `oneCycle`, whose `steps` and `warmupFraction` it shares; PyTorch's max_momentum is `high`,
 * its base_momentum `low`. For Adam it is beta1.
 *
 * @example oneCycleMomentum({ steps: 10 })(2) // 0.85
 */
export const oneCycleMomentum = defineSchedule({
  name: 'oneCycleMomentum',
  equation:
    'mu(k) = cosine from high down to low at k = warmupFraction * T - 1, then back to high at k = T - 1',
  parameters: {
    low: { default: 0.85, atLeast: 0, lessThan: 1 },
    high: { default: 0.95, atLeast: 0, lessThan: 1 },
    steps: { atLeast: 1, integer: true },
    warmupFraction: { default: 0.3, atLeast: 0, atMost: 1 },
  },
  requires: ({ low, high }) => (low > high ? `low must be at most high, ${high}, got ${low}` : undefined),
  at: ({ low, high, steps, warmupFraction }) => upAndDown(high, low, high, steps, warmupFraction),
})
