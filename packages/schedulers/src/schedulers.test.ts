// biome-ignore-all lint/suspicious/noThenProperty: what follows a warm-up; nothing here is awaited.
import { describe, expect, it } from 'vitest'
import { createSchedule, type ScheduleSpec, scheduleDefinitions } from './index.ts'

// Values worked by hand from the equations, at a boundary and on both sides of it; those of PyTorch are in test/golden.
const golden: readonly { spec: ScheduleSpec; values: readonly (readonly [step: number, value: number])[] }[] =
  [
    { spec: { name: 'constant', initial: 0.1 }, values: [0, 7, 1e9].map((step) => [step, 0.1]) },
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
      spec: { name: 'multiStep', initial: 1, factor: 0.5, milestones: [0, 4, 4, 6] },
      values: [
        [0, 0.5],
        [3, 0.5],
        [4, 0.125],
        [5, 0.125],
        [6, 0.0625],
        [7, 0.0625],
      ],
    },
    {
      spec: { name: 'exponentialDecay', initial: 2, factor: 0.25, every: 4 },
      values: [
        [0, 2],
        [2, 1],
        [4, 0.5],
        [6, 0.25],
      ],
    },
    {
      // The lecture notes' alpha_0 e^(-rate k), rate ln 2 / 10.
      spec: { name: 'exponentialDecay', initial: 2, factor: Math.exp(-Math.LN2 / 10) },
      values: [
        [10, 1],
        [30, 0.25],
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
      spec: { name: 'inverseTimeDecay', initial: 1, rate: 0.5, every: 10 },
      values: [
        [20, 0.5],
        [60, 0.25],
      ],
    },
    {
      spec: { name: 'inverseSqrt', initial: 1 },
      values: [
        [0, 1],
        [3, 0.5],
        [99, 0.1],
      ],
    },
    {
      // fairseq's: a warm-up to k = 100, then sqrt(100 / k).
      spec: { name: 'warmup', steps: 100, from: 0, then: { name: 'inverseSqrt', initial: 1, every: 100 } },
      values: [
        [50, 0.5],
        [99, 0.99],
        [100, 1],
        [400, 0.5],
        [10000, 0.1],
      ],
    },
    {
      // 1 / sqrt(100) times min(1 / sqrt(t), t / 8), t = k + 1.
      spec: { name: 'noam', modelSize: 100, warmupSteps: 4 },
      values: [
        [0, 0.0125],
        [2, 0.0375],
        [3, 0.05],
        [15, 0.025],
      ],
    },
    {
      spec: { name: 'linear', initial: 0.5, final: 0.99, steps: 100 },
      values: [
        [0, 0.5],
        [50, 0.745],
        [99, 0.9851],
        [100, 0.99],
        [101, 0.99],
      ],
    },
    {
      spec: { name: 'polynomial', initial: 0.5, final: 0.1, steps: 10, power: 2 },
      values: [
        [0, 0.5],
        [5, 0.2],
        [9, 0.104],
        [10, 0.1],
        [11, 0.1],
      ],
    },
    {
      spec: { name: 'cosine', initial: 1, steps: 10 },
      // The value at 9 is (1 + cos(0.9 pi)) / 2.
      values: [
        [0, 1],
        [5, 0.5],
        [9, 0.024471741852423234],
        [10, 0],
        [11, 0],
        [1000, 0],
      ],
    },
    {
      spec: { name: 'cosineRestarts', initial: 1, final: 0.5, period: 2, periodFactor: 2 },
      // Cycles of 2, 4, 8 steps from 0, 2, 6.
      values: [
        [0, 1],
        [1, 0.75],
        [2, 1],
        [4, 0.75],
        [6, 1],
        [10, 0.75],
        [14, 1],
      ],
    },
    {
      spec: { name: 'warmup', steps: 4, then: { name: 'linear', initial: 1, steps: 2 } },
      values: [
        [0, 0.2],
        [1, 0.4],
        [3, 0.8],
        [4, 1],
        [5, 0.5],
        [6, 0],
      ],
    },
    {
      spec: { name: 'warmup', steps: 2, from: 0.5, then: { name: 'constant', initial: 1 } },
      values: [
        [0, 0.5],
        [1, 0.75],
        [2, 1],
      ],
    },
    {
      spec: { name: 'oneCycle', peak: 1, steps: 11, warmupFraction: 3 / 11, divide: 10, finalDivide: 10 },
      // Up in 2 steps, down in 8.
      values: [
        [0, 0.1],
        [1, 0.55],
        [2, 1],
        [6, 0.505],
        [10, 0.01],
        [11, 0.01],
      ],
    },
    {
      spec: { name: 'cyclic', low: 0.1, high: 0.5, up: 4, down: 2 },
      values: [
        [0, 0.1],
        [1, 0.2],
        [4, 0.5],
        [5, 0.3],
        [6, 0.1],
        [7, 0.2],
        [12, 0.1],
      ],
    },
    {
      spec: {
        name: 'warmupStableDecay',
        peak: 1,
        warmupSteps: 4,
        stableSteps: 6,
        decaySteps: 5,
        final: 0.5,
      },
      values: [
        [0, 0.2],
        [3, 0.8],
        [4, 1],
        [10, 1],
        [11, 0.9],
        [14, 0.6],
        [15, 0.5],
        [16, 0.5],
      ],
    },
    {
      spec: { name: 'rangeTest', low: 1e-4, high: 1, steps: 100 },
      values: [
        [0, 1e-4],
        [25, 1e-3],
        [100, 1],
        [101, 1],
      ],
    },
    {
      spec: { name: 'oneCycleMomentum', steps: 11, warmupFraction: 3 / 11 },
      values: [
        [0, 0.95],
        [1, 0.9],
        [2, 0.85],
        [6, 0.9],
        [10, 0.95],
        [11, 0.95],
      ],
    },
    {
      spec: { name: 'sutskeverMomentum', maximum: 0.8 },
      // 1 - 2^-1, 1 - 2^-2; 1 - 2^-(1 + log2(3)) = 5 / 6 is above the maximum.
      values: [
        [0, 0.5],
        [249, 0.5],
        [250, 0.75],
        [499, 0.75],
        [500, 0.8],
      ],
    },
    {
      spec: {
        name: 'join',
        schedules: [
          { name: 'constant', initial: 0 },
          { name: 'linear', initial: 1, steps: 10 },
          { name: 'stepDecay', initial: 2, every: 1 },
        ],
        boundaries: [3, 8],
      },
      values: [
        [0, 0],
        [2, 0],
        [3, 1],
        [7, 0.6],
        [8, 2],
        [9, 1],
      ],
    },
    {
      spec: { name: 'scale', schedule: { name: 'linear', initial: 1, steps: 2 }, factor: 0.5 },
      values: [
        [0, 0.5],
        [1, 0.25],
        [2, 0],
      ],
    },
    {
      spec: {
        name: 'invert',
        schedule: { name: 'cyclic', low: 0.85, high: 0.95, up: 2 },
        low: 0.85,
        high: 0.95,
      },
      values: [
        [0, 0.95],
        [1, 0.9],
        [2, 0.85],
        [4, 0.95],
      ],
    },
  ]

describe.each(golden)('$spec', ({ spec, values }) => {
  it.each(values)('at step %d is %d', (step, value) => {
    expect(createSchedule(spec)(step)).toBeCloseTo(value, 14)
  })

  it('gives the same values in any order of calls', () => {
    const schedule = createSchedule(spec)
    const forward = values.map(([step]) => schedule(step))
    const backward = [...values].reverse().map(([step]) => schedule(step))
    expect(backward.reverse()).toEqual(forward)
  })

  it('refuses a step that is none', () => {
    expect(() => createSchedule(spec)(-1)).toThrow(/step must be in \[0, ∞\), got -1$/)
    expect(() => createSchedule(spec)(Number.NaN)).toThrow(/step must be in \[0, ∞\), got NaN$/)
    expect(() => createSchedule(spec)(Infinity)).toThrow(/step must be in \[0, ∞\), got Infinity$/)
  })

  it('is the same after a way through JSON', () => {
    const again = createSchedule(JSON.parse(JSON.stringify(spec)))
    for (const [step, value] of values) expect(again(step)).toBeCloseTo(value, 14)
  })
})

it('has a definition, and worked values, for every schedule', () => {
  const worked = new Set(golden.map(({ spec }) => spec.name))
  expect(Object.keys(scheduleDefinitions).sort()).toEqual([...worked].sort())
  for (const [name, definition] of Object.entries(scheduleDefinitions)) expect(definition.name).toBe(name)
})
