import { defineSchedule } from './schedule.ts'

/**
 * Step decay at given steps: the rate is multiplied by a factor at each milestone.
 *
 *   alpha(k) = alpha_0 factor^(number of milestones <= k)
 *
 * `milestones` are steps (updates) and may not fall; the new value holds from k = milestone on, and a milestone listed
 * twice counts twice.
 * Source: PyTorch's MultiStepLR; He et al. 2016, arXiv:1512.03385, section 4.2 (a factor 0.1 at two milestones).
 *
 * @example multiStep({ initial: 0.1, factor: 0.5, milestones: [10, 30] })(30) // 0.025
 */
export const multiStep = defineSchedule({
  name: 'multiStep',
  equation: 'alpha(k) = alpha_0 * factor^(number of milestones <= k)',
  parameters: {
    initial: { base: true, greaterThan: 0 },
    factor: { default: 0.1, greaterThan: 0, atMost: 1 },
    milestones: {
      kind: 'numbers',
      each: { atLeast: 0, integer: true },
      order: 'not falling',
      minimumLength: 1,
      maximumLength: 1000,
    },
  },
  at: ({ initial, factor, milestones }) => {
    const sorted = [...milestones]
    return (step) => initial * factor ** countUpTo(sorted, step)
  },
})

/** How many of the sorted values are at most `limit`, by bisection. */
function countUpTo(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] <= limit) low = middle + 1
    else high = middle
  }
  return low
}
