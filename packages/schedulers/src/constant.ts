import { defineSchedule } from './schedule.ts'

/**
 * The same value at every step.
 *
 *   alpha(k) = alpha_0
 *
 * @example constant({ initial: 0.1 })(1000) // 0.1
 */
export const constant = defineSchedule({
  name: 'constant',
  equation: 'alpha(k) = alpha_0',
  parameters: { initial: { base: true, atLeast: 0 } },
  at:
    ({ initial }) =>
    () =>
      initial,
})
