import { defineSchedule } from './schedule.ts'

/**
 * Another schedule, multiplied.
 *
 *   alpha(k) = factor s(k)
 *
 * @example scale({ schedule: constant({ initial: 0.1 }), factor: 0.5 })(0) // 0.05
 */
export const scale = defineSchedule({
  name: 'scale',
  equation: 'alpha(k) = factor * s(k)',
  parameters: { schedule: { kind: 'schedule' }, factor: { greaterThan: 0 } },
  at:
    ({ schedule, factor }) =>
    (step) =>
      factor * schedule(step),
})
