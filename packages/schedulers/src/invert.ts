import { defineSchedule } from './schedule.ts'

/**
 * Another schedule, mirrored in the middle of a range: where that is high this is low.
 *
 *   alpha(k) = low + high - s(k)
 *
 * Of a `cyclic` over the same range it is the momentum that PyTorch's CyclicLR cycles against the rate.
 *
 * @example invert({ schedule: cyclic({ low: 0.85, high: 0.95, up: 10 }), low: 0.85, high: 0.95 })(0) // 0.95
 */
export const invert = defineSchedule({
  name: 'invert',
  equation: 'alpha(k) = low + high - s(k)',
  parameters: { schedule: { kind: 'schedule' }, low: { atLeast: 0 }, high: { atLeast: 0 } },
  requires: ({ low, high }) => (low > high ? `low must be at most high, ${high}, got ${low}` : undefined),
  at:
    ({ schedule, low, high }) =>
    (step) => {
      const value = schedule(step)
      return value === low ? high : low + (high - value)
    },
})
