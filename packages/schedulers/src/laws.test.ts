// biome-ignore-all lint/suspicious/noThenProperty: what follows a warm-up; nothing here is awaited.
import { describe, expect, it } from 'vitest'
import { createSchedule, type ScheduleName, type ScheduleSpec } from './index.ts'
import { type Random, seededCases } from './seeded-cases.suite.ts'

/** An expectation for inner loops, where building a matcher at every step would take seconds. */
function hold(condition: boolean, message: () => string): void {
  if (!condition) throw new Error(message())
}

/** What holds of a schedule: its values lie in [low, high], and from `end` on it no longer changes. */
interface Law {
  readonly spec: ScheduleSpec
  readonly low: number
  readonly high: number
  readonly first?: number
  readonly last?: number
  readonly end?: number
  readonly monotone?: 'falling' | 'rising'
}

const steps = (random: Random, most = 200) => 1 + Math.floor(random() * most)

/** A schedule of each kind with parameters drawn at random, and what then holds of it. */
const laws: Readonly<Record<ScheduleName, (random: Random) => Law>> = {
  constant(random) {
    const initial = random()
    const spec = { name: 'constant', initial } as const
    return { spec, low: initial, high: initial, first: initial, last: initial, end: 0 }
  },
  stepDecay(random) {
    const spec = { name: 'stepDecay', initial: random(), factor: random(), every: steps(random) } as const
    return { spec, low: 0, high: spec.initial, first: spec.initial, monotone: 'falling' }
  },
  multiStep(random) {
    const milestones = Array.from({ length: 5 }, () => steps(random)).sort((a, b) => a - b)
    const spec = { name: 'multiStep', initial: random(), factor: random(), milestones } as const
    const last = [...milestones].reduce((value) => value * spec.factor, spec.initial)
    return {
      spec,
      low: last * 0.999,
      high: spec.initial,
      first: spec.initial,
      end: milestones[4],
      monotone: 'falling',
    }
  },
  exponentialDecay(random) {
    const spec = {
      name: 'exponentialDecay',
      initial: random(),
      factor: random(),
      every: steps(random),
    } as const
    return { spec, low: 0, high: spec.initial, first: spec.initial, monotone: 'falling' }
  },
  inverseTimeDecay(random) {
    const spec = {
      name: 'inverseTimeDecay',
      initial: random(),
      rate: random(),
      every: steps(random),
    } as const
    return { spec, low: 0, high: spec.initial, first: spec.initial, monotone: 'falling' }
  },
  inverseSqrt(random) {
    const spec = { name: 'inverseSqrt', initial: random(), every: steps(random) } as const
    return { spec, low: 0, high: spec.initial, first: spec.initial, monotone: 'falling' }
  },
  noam(random) {
    const spec = { name: 'noam', modelSize: steps(random), warmupSteps: steps(random) } as const
    return { spec, low: 0, high: (1 + 1e-15) / Math.sqrt(spec.modelSize * spec.warmupSteps) }
  },
  linear: (random) =>
    betweenEnds({ name: 'linear', initial: random(), final: random(), steps: steps(random) }),
  polynomial: (random) =>
    betweenEnds({
      name: 'polynomial',
      initial: random(),
      final: random(),
      steps: steps(random),
      power: 3 * random(),
    }),
  cosine: (random) =>
    betweenEnds({ name: 'cosine', initial: random(), final: random(), steps: steps(random) }),
  cosineRestarts(random) {
    const [initial, final] = [random(), random()]
    const spec = {
      name: 'cosineRestarts',
      initial,
      final,
      period: steps(random, 30),
      periodFactor: steps(random, 3),
    } as const
    return { spec, low: Math.min(initial, final), high: Math.max(initial, final), first: initial }
  },
  warmup(random) {
    const [initial, from] = [random(), random()]
    const after = { name: 'linear', initial, final: initial / 2, steps: steps(random) } as const
    const spec = { name: 'warmup', steps: steps(random), from, then: after } as const
    return {
      spec,
      low: initial * Math.min(from, 0.5) * (1 - 1e-15),
      high: initial,
      first: initial * from,
      last: initial / 2,
      end: spec.steps + after.steps,
    }
  },
  oneCycle(random) {
    const spec = {
      name: 'oneCycle',
      peak: random(),
      steps: steps(random),
      warmupFraction: random(),
      divide: 1 + 30 * random(),
    } as const
    const last = spec.warmupFraction < 1 ? spec.peak / spec.divide / 1e4 : spec.peak
    return { spec, low: last, high: spec.peak, last, end: spec.steps - 1 }
  },
  cyclic(random) {
    const low = random()
    const spec = {
      name: 'cyclic',
      low,
      high: low + random(),
      up: steps(random),
      down: steps(random),
    } as const
    return { spec, low, high: spec.high, first: low }
  },
  warmupStableDecay(random) {
    const [warmupSteps, stableSteps, decaySteps] = [steps(random), steps(random), steps(random)]
    const peak = random()
    const final = peak * random()
    return {
      spec: { name: 'warmupStableDecay', peak, warmupSteps, stableSteps, decaySteps, final },
      low: Math.min(final, peak / (warmupSteps + 1)) * (1 - 1e-15),
      high: peak,
      first: peak / (warmupSteps + 1),
      last: final,
      end: warmupSteps + stableSteps + decaySteps,
    }
  },
  rangeTest(random) {
    const low = random()
    const spec = { name: 'rangeTest', low, high: low + random(), steps: steps(random) } as const
    return {
      spec,
      low,
      high: spec.high,
      first: low,
      last: spec.high,
      end: spec.steps,
      monotone: 'rising',
    }
  },
  oneCycleMomentum(random) {
    const low = random()
    const high = low + (1 - low) * random() * 0.999
    const spec = {
      name: 'oneCycleMomentum',
      low,
      high,
      steps: steps(random),
      warmupFraction: random(),
    } as const
    return { spec, low, high, last: high, end: spec.steps - 1 }
  },
  sutskeverMomentum(random) {
    const spec = { name: 'sutskeverMomentum', maximum: 0.5 + random() / 2, every: steps(random) } as const
    return { spec, low: 0.5, high: spec.maximum, first: 0.5, monotone: 'rising' }
  },
  join(random) {
    const [initial, boundary] = [random(), steps(random)]
    const spec: ScheduleSpec = {
      name: 'join',
      schedules: [
        { name: 'constant', initial },
        { name: 'linear', initial, steps: 7 },
      ],
      boundaries: [boundary],
    }
    return { spec, low: 0, high: initial, first: initial, last: 0, end: boundary + 7, monotone: 'falling' }
  },
  scale(random) {
    const factor = random()
    const spec: ScheduleSpec = { name: 'scale', schedule: { name: 'linear', initial: 1, steps: 9 }, factor }
    return { spec, low: 0, high: factor, first: factor, last: 0, end: 9, monotone: 'falling' }
  },
  invert(random) {
    const high = random()
    const schedule = { name: 'linear', initial: high, steps: steps(random) } as const
    const spec = { name: 'invert', schedule, low: 0, high } as const
    return { spec, low: 0, high, first: 0, last: high, end: schedule.steps, monotone: 'rising' }
  },
}

function betweenEnds(spec: ScheduleSpec & { initial: number; final?: number; steps: number }): Law {
  const { initial, final = 0, steps: end } = spec
  const monotone = initial >= final ? 'falling' : 'rising'
  const [low, high] = [Math.min(initial, final), Math.max(initial, final)]
  return { spec, low, high, first: initial, last: final, end, monotone }
}

const far = [1e3, 12_345, 2 ** 31, 2 ** 53 - 1, 1e100, Number.MAX_VALUE]

describe.each(Object.entries(laws))('%s', (_name, draw) => {
  it('keeps its bounds and its ends, is monotone where it says so, and goes on for ever', () => {
    seededCases(100, (random) => {
      const { spec, low, high, first, last, end, monotone } = draw(random)
      const schedule = createSchedule(spec)
      const about = JSON.stringify(spec)
      if (first !== undefined) expect(schedule(0), about).toBeCloseTo(first, 14)
      if (last !== undefined && end !== undefined) expect(schedule(end), about).toBe(last)
      const sign = monotone === 'falling' ? -1 : 1
      let previous: number | undefined
      for (const step of [...Array(450).keys(), ...far]) {
        const value = schedule(step)
        const where = () => `${about}: ${value} at ${step}, ${previous} before it`
        const ulps = 4 * Number.EPSILON * Math.abs(value)
        hold(value >= low && value <= high, () => `${where()}, not in [${low}, ${high}]`)
        if (monotone !== undefined && previous !== undefined) {
          hold(sign * (value - previous) >= -ulps, () => `${where()}, not ${monotone}`)
        }
        if (end !== undefined && step > end) hold(value === schedule(end), () => `${where()}, past its end`)
        previous = value
      }
    })
  })

  it('gives the same values in any order of calls', () => {
    seededCases(20, (random) => {
      const schedule = createSchedule(draw(random).spec)
      const order = Array.from({ length: 50 }, () => Math.floor(random() * 500))
      const values = order.map((step) => schedule(step))
      expect([...order].reverse().map((step) => schedule(step))).toEqual([...values].reverse())
    })
  })
})
