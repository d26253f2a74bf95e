import { defineSchedule } from './schedule.ts'

/**
 * Schedules one after another, each counting its steps from its own start.
 *
 *   alpha(k) = s_i(k - b_i),   b_i <= k < b_(i+1),   b_0 = 0
 *
 * `boundaries` are the steps b_1, b_2, ... at which the second, the third, ... schedule takes over; there is one fewer
 * than `schedules`.
 * Source: optax's join_schedules; PyTorch's SequentialLR, whose milestones they are.
 *
 * @example join({ schedules: [constant({ initial: 0.1 }), cosine({ initial: 0.1, steps: 10 })], boundaries: [5] })(10) // 0.05
 */
export const join = defineSchedule({
  name: 'join',
  equation: 'alpha(k) = s_i(k - b_i) while b_i <= k < b_(i+1), b_0 = 0',
  parameters: {
    schedules: { kind: 'schedules', minimumLength: 1, maximumLength: 32 },
    boundaries: {
      kind: 'numbers',
      each: { atLeast: 1, integer: true },
      order: 'rising',
      minimumLength: 0,
      maximumLength: 31,
    },
  },
  requires: ({ schedules, boundaries }) =>
    boundaries.length === schedules.length - 1
      ? undefined
      : `boundaries must be one fewer than the ${schedules.length} schedules, got ${boundaries.length}`,
  at: ({ schedules, boundaries }) => {
    const parts = schedules.map((schedule, index) => ({ schedule, start: [0, ...boundaries][index] }))
    return (step) => {
      let index = parts.length - 1
      while (step < parts[index].start) index -= 1
      const { schedule, start } = parts[index]
      return schedule(step - start)
    }
  },
})
