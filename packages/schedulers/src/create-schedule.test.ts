import { describe, expect, it } from 'vitest'
import { createSchedule, type ScheduleSpec, specLimits } from './index.ts'

describe('createSchedule', () => {
  it('puts a description over a base, also inside others', () => {
    const parts: ScheduleSpec[] = [
      { name: 'constant', initial: 0.3 },
      { name: 'cyclic', low: 0.1, high: 0.3, up: 2 },
    ]
    const given = createSchedule({ name: 'join', schedules: parts, boundaries: [3] })
    const based = createSchedule(
      {
        name: 'join',
        schedules: [{ name: 'constant' }, { name: 'cyclic', low: 0.1, up: 2 }],
        boundaries: [3],
      },
      0.3,
    )
    for (let step = 0; step < 10; step++) expect(based(step)).toBe(given(step))
  })

  it('lists the names there are', () => {
    expect(() => createSchedule(JSON.parse('{"name":"cosin"}'))).toThrow(
      'unknown schedule "cosin"; there are: constant, stepDecay, multiStep, exponentialDecay, ',
    )
    expect(() => createSchedule(JSON.parse('{"name":"toString"}'))).toThrow('unknown schedule "toString"')
  })

  const cosine = { name: 'cosine', initial: 1, steps: 9 }
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
    [{ name: 'constant', initial: Number.NaN }, 'constant: initial must be in [0, ∞), got NaN'],
    [{ name: 'constant', initial: [1] }, 'constant: initial must be in [0, ∞), got a list'],
    [{ name: 'constant', initial: 1, rate: 2 }, 'constant: unknown parameter "rate"; there are: initial'],
    [{ name: 'multiStep', initial: 1, milestones: 3 }, 'multiStep: milestones must be a list, got 3'],
    [
      { name: 'multiStep', initial: 1, milestones: [] },
      'multiStep: milestones must have 1 to 1000 items, got 0',
    ],
    [
      { name: 'multiStep', initial: 1, milestones: [1, 2.5] },
      'multiStep: milestones[1] must be a whole number in [0, ∞), got 2.5',
    ],
    [
      { name: 'multiStep', initial: 1, milestones: [5, 2] },
      'multiStep: milestones must not fall, got 2 after 5',
    ],
    [
      { name: 'join', schedules: [cosine, cosine, cosine], boundaries: [2, 2] },
      'join: boundaries must rise, got 2 after 2',
    ],
    [
      { name: 'join', schedules: [cosine], boundaries: [2] },
      'join: boundaries must be one fewer than the 1 schedules, got 1',
    ],
    [{ name: 'join', schedules: cosine, boundaries: [] }, 'join: schedules must be a list, got an object'],
    [
      { name: 'join', schedules: [cosine, { ...cosine, steps: 0 }], boundaries: [3] },
      'join.schedules[1]: cosine: steps must be a whole number in [1, ∞), got 0',
    ],
    [
      { name: 'scale', factor: 2 },
      'scale: schedule must be a schedule, a function of the step, got undefined',
    ],
    [
      { name: 'scale', factor: 2, schedule: { name: 'scale', factor: 2, schedule: { name: 'cosin' } } },
      'scale.schedule.scale.schedule: unknown schedule "cosin"',
    ],
    [{ name: 'scale', factor: 2, schedule: 3 }, 'scale.schedule: a schedule is described by an object'],
    [{ name: 'cyclic', low: 2, high: 1, up: 3 }, 'cyclic: low must be at most high, 1, got 2'],
    [{ name: 'rangeTest', low: 2, high: 2 }, 'rangeTest: low must be below high, 2, got 2'],
    [{ name: 'oneCycleMomentum', steps: 9, high: 1 }, 'oneCycleMomentum: high must be in [0, 1), got 1'],
    [null, 'a schedule is described by an object with a "name"'],
  ])('refuses %j', (spec, message) => {
    expect(() => createSchedule(spec as ScheduleSpec)).toThrow(message)
  })

  it('tells a value of the wrong kind from one out of range', () => {
    const of = (spec: unknown) => () => createSchedule(spec as ScheduleSpec)
    expect(of({ name: 'multiStep', initial: 1, milestones: 3 })).toThrow(TypeError)
    expect(of({ name: 'scale', factor: 1 })).toThrow(TypeError)
    expect(of({ name: 'constant', initial: -1 })).toThrow(RangeError)
    expect(of({ name: 'cyclic', low: 2, high: 1, up: 3 })).toThrow(RangeError)
  })

  it('takes as many parts, and as deep, as it says', () => {
    const nested = (depth: number): unknown =>
      depth === 1 ? cosine : { name: 'scale', factor: 2, schedule: nested(depth - 1) }
    const joined = (parts: number) => ({
      name: 'join',
      schedules: Array(parts - 1).fill(cosine),
      boundaries: Array.from({ length: parts - 2 }, (_, index) => index + 1),
    })
    expect(createSchedule(nested(specLimits.depth) as ScheduleSpec)(0)).toBe(2 ** (specLimits.depth - 1))
    expect(() => createSchedule(nested(specLimits.depth + 1) as ScheduleSpec)).toThrow(
      'schedules may be 8 deep, got more',
    )
    expect(createSchedule(joined(specLimits.parts) as ScheduleSpec)(0)).toBe(1)
    expect(() => createSchedule(joined(specLimits.parts + 1) as ScheduleSpec)).toThrow(
      'a schedule may have 32 parts, got more',
    )
    expect(() => createSchedule(nested(5000) as ScheduleSpec)).toThrow('8 deep')
  })
})
