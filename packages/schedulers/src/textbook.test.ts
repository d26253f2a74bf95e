import { describe, expect, it } from 'vitest'
import {
  cosine,
  cyclic,
  exponentialDecay,
  invert,
  linear,
  multiStep,
  noam,
  polynomial,
  type Schedule,
  stepDecay,
  warmupStableDecay,
} from './index.ts'

/** A schedule as textbooks step it: the next value from the last one, slowly. */
function stepped(start: number, next: (value: number, k: number) => number): Schedule {
  return (step) => {
    let value = start
    for (let k = 1; k <= step; k++) value = next(value, k)
    return value
  }
}

describe('the closed form is the textbook stepping', () => {
  const pairs: readonly [string, Schedule, Schedule][] = [
    [
      'stepDecay',
      stepDecay({ initial: 0.1, factor: 0.7, every: 9 }),
      stepped(0.1, (value, k) => (k % 9 === 0 ? value * 0.7 : value)),
    ],
    [
      'multiStep',
      multiStep({ initial: 0.1, factor: 0.7, milestones: [3, 50, 50, 120] }),
      stepped(0.1, (value, k) => value * 0.7 ** [3, 50, 50, 120].filter((each) => each === k).length),
    ],
    [
      'exponentialDecay',
      exponentialDecay({ initial: 0.1, factor: 0.98 }),
      stepped(0.1, (value) => value * 0.98),
    ],
    [
      'linear',
      linear({ initial: 0.1, final: 0.7, steps: 130 }),
      stepped(0.1, (value, k) => (k <= 130 ? value + 0.6 / 130 : value)),
    ],
    [
      'polynomial',
      polynomial({ initial: 0.1, steps: 130, power: 2 }),
      stepped(0.1, (value, k) => (k <= 130 ? value * ((130 - k) / (131 - k)) ** 2 : value)),
    ],
    [
      'cosine',
      cosine({ initial: 0.1, final: 0.02, steps: 130 }),
      stepped(0.1, (value, k) => {
        const part = (j: number) => 1 + Math.cos((Math.PI * j) / 130)
        return k <= 130 ? 0.02 + ((value - 0.02) * part(k)) / part(k - 1) : value
      }),
    ],
    [
      'cyclic',
      cyclic({ low: 0.1, high: 0.5, up: 10, down: 30 }),
      stepped(0.1, (value, k) => value + ((k - 1) % 40 < 10 ? 0.04 : -0.4 / 30)),
    ],
    [
      'noam',
      noam({ modelSize: 4, warmupSteps: 25 }),
      stepped(0.5 / 125, (value, k) => (k < 25 ? value + 0.5 / 125 : value * Math.sqrt(k / (k + 1)))),
    ],
    [
      'warmupStableDecay',
      warmupStableDecay({ peak: 0.5, warmupSteps: 9, stableSteps: 40, decaySteps: 50 }),
      stepped(0.05, (value, k) => {
        if (k <= 9) return value + 0.05
        return k <= 49 || k > 99 ? value : value - 0.01
      }),
    ],
    [
      'invert',
      invert({ schedule: cyclic({ low: 0.1, high: 0.5, up: 4 }), low: 0.1, high: 0.5 }),
      stepped(0.5, (value, k) => value + ((k - 1) % 8 < 4 ? -0.1 : 0.1)),
    ],
  ]
  it.each(pairs)('%s', (_name, schedule, textbook) => {
    for (let step = 0; step < 200; step++) {
      expect(Math.abs(schedule(step) - textbook(step)), `step ${step}`).toBeLessThan(1e-14)
    }
  })
})
