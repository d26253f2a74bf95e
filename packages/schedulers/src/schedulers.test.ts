import { describe, expect, it } from 'vitest'
import { createSchedule, type ScheduleSpec, scheduleDefinitions } from './index.ts'

// Values worked by hand from the equations; the drop falls on the boundary itself (PyTorch's StepLR).
const golden: readonly { spec: ScheduleSpec; values: readonly (readonly [step: number, value: number])[] }[] =
  [
    {
      spec: { name: 'constant', initial: 0.1 },
      values: [
        [0, 0.1],
        [7, 0.1],
      ],
    },
    {
      spec: { name: 'stepDecay', initial: 1, factor: 0.5, every: 10 },
      values: [
        [0, 1],
        [9, 1],
        [10, 0.5],
        [19, 0.5],
        [20, 0.25],
      ],
    },
    {
      spec: { name: 'exponentialDecay', initial: 2, rate: Math.LN2 },
      values: [
        [0, 2],
        [1, 1],
        [3, 0.25],
      ],
    },
    {
      spec: { name: 'inverseTimeDecay', initial: 1, rate: 0.5 },
      values: [
        [0, 1],
        [2, 0.5],
        [6, 0.25],
      ],
    },
    {
      spec: { name: 'cosine', initial: 1, final: 0, steps: 10 },
      // The second value is PyTorch's CosineAnnealingLR, T_max = 10, at k = 9.
      values: [
        [0, 1],
        [9, 0.024471741852423234],
        [5, 0.5],
        [10, 0],
        [11, 0],
        [1000, 0],
      ],
    },
  ]

describe.each(golden)('$spec.name', ({ spec, values }) => {
  it.each(values)('at step %d is %d', (step, value) => {
    expect(createSchedule(spec)(step)).toBeCloseTo(value, 14)
  })

  it('gives the same values in any order of calls', () => {
    const schedule = createSchedule(spec)
    const forward = values.map(([step]) => schedule(step))
    const backward = [...values].reverse().map(([step]) => schedule(step))
    expect(backward.reverse()).toEqual(forward)
  })

  it('never rises', () => {
    const schedule = createSchedule(spec)
    for (let step = 0; step < 100; step++) expect(schedule(step + 1)).toBeLessThanOrEqual(schedule(step))
  })

  it('refuses a negative step', () => {
    expect(() => createSchedule(spec)(-1)).toThrow(/step must be in \[0, ∞\), got -1/)
  })
})

it('cosine starts at the initial value exactly, whatever the final one', () => {
  for (let index = 1; index < 1000; index++) {
    const [initial, final] = [Math.sin(index) ** 2, Math.sin(index) ** 2 * Math.cos(index) ** 2]
    expect(createSchedule({ name: 'cosine', initial, final, steps: 10 })(0)).toBe(initial)
  }
})

describe('createSchedule', () => {
  it('has a definition for every schedule', () => {
    expect(Object.keys(scheduleDefinitions)).toEqual(golden.map(({ spec }) => spec.name))
  })

  it('lists the names there are', () => {
    expect(() => createSchedule(JSON.parse('{"name":"cosin"}'))).toThrow(
      'unknown schedule "cosin"; there are: constant, stepDecay, exponentialDecay, inverseTimeDecay, cosine',
    )
  })

  it.each([
    [
      { name: 'stepDecay', initial: 1, factor: 1.5, every: 1 },
      'stepDecay: factor must be in (0, 1], got 1.5',
    ],
    [
      { name: 'stepDecay', initial: 1, every: 0.5 },
      'stepDecay: every must be a whole number in [1, ∞), got 0.5',
    ],
    [{ name: 'cosine', initial: 1 }, 'cosine: steps must be a whole number in [1, ∞), got undefined'],
    [{ name: 'constant', initial: Number.NaN }, 'constant: initial must be in (0, ∞), got NaN'],
    [{ name: 'constant', initial: 1, rate: 2 }, 'constant: unknown parameter "rate"; there are: initial'],
  ])('refuses %j', (spec, message) => {
    expect(() => createSchedule(spec as ScheduleSpec)).toThrow(message)
  })
})
