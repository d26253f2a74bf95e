// biome-ignore-all lint/suspicious/noThenProperty: what follows a warm-up; nothing here is awaited.
import { describe, expect, it } from 'vitest'
import {
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  join,
  linear,
  oneCycle,
  oneCycleMomentum,
  scale,
  warmup,
} from './index.ts'
import { type Random, seededCases } from './seeded-cases.suite.ts'

const upTo = (random: Random, most: number) => 1 + Math.floor(random() * most)

describe('at their joins', () => {
  it('a restart falls on its step exactly, many cycles on', () => {
    seededCases(30, (random) => {
      const period = upTo(random, 50)
      const periodFactor = 1 + upTo(random, 4)
      const schedule = cosineRestarts({ initial: 1, period, periodFactor })
      let start = 0
      for (let length = period; start + length < 2 ** 50; length *= periodFactor) {
        start += length
        const place = `period ${period}, factor ${periodFactor}, restart at ${start}`
        expect(schedule(start), place).toBe(1)
        expect(schedule(start - 1), place).toBeCloseTo((1 + Math.cos(Math.PI * (1 - 1 / length))) / 2, 14)
        const after = 1 / (length * periodFactor)
        expect(schedule(start + 1), place).toBeCloseTo((1 + Math.cos(Math.PI * after)) / 2, 14)
      }
      const even = cosineRestarts({ initial: 1, period: period + 2 })
      for (const cycle of [1, 2, 3, 10, 1e6, 1e12]) {
        const boundary = cycle * (period + 2)
        expect(even(boundary)).toBe(1)
        expect(even(boundary - 1)).toBe(even(period + 1))
        expect(even(boundary + 1)).toBe(even(1))
      }
    })
  })

  it('a cyclic wave meets its ends exactly, many cycles on', () => {
    seededCases(30, (random) => {
      const [up, down] = [upTo(random, 200), upTo(random, 200)]
      const schedule = cyclic({ low: 0.1, high: 0.7, up, down })
      for (const cycle of [0, 1, 2, 1000, 1e9]) {
        expect(schedule(cycle * (up + down))).toBe(0.1)
        expect(schedule(cycle * (up + down) + up)).toBe(0.7)
      }
    })
  })

  it('a warm-up runs into what follows, and wastes no update unless told to', () => {
    seededCases(50, (random) => {
      const [initial, length] = [0.01 + random(), upTo(random, 200)]
      const after = cosine({ initial, steps: 10 })
      const schedule = warmup({ steps: length, then: after })
      for (let step = 0; step < 15; step++) expect(schedule(length + step)).toBe(after(step))
      const rise = initial / (length + 1)
      for (let step = 0; step < length; step++) {
        expect(schedule(step + 1) - schedule(step)).toBeCloseTo(rise, 14)
      }
      expect(schedule(0)).toBeCloseTo(rise, 15)
      expect(warmup({ steps: length, from: 0, then: after })(0)).toBe(0)
      expect(warmup({ steps: length, from: 1, then: after })(0)).toBe(initial)
      expect(warmup({ steps: 0, then: after })(3)).toBe(after(3))
    })
  })

  it('a part of a join starts at its own step 0', () => {
    seededCases(50, (random) => {
      const boundaries = [3, 3 + upTo(random, 200), 300]
      const parts = [
        cosine({ initial: 1, steps: 9 }),
        constant({ initial: 0.5 }),
        linear({ initial: 1, steps: 9 }),
      ]
      const joined = join({ schedules: [...parts, parts[0]], boundaries })
      for (const [index, boundary] of boundaries.entries()) {
        const [before, after] = [[...parts, parts[0]][index], [...parts, parts[0]][index + 1]]
        expect(joined(boundary - 1)).toBe(before(boundary - 1 - (boundaries[index - 1] ?? 0)))
        expect(joined(boundary)).toBe(after(0))
        expect(joined(boundary + 1)).toBe(index === 0 && boundaries[1] === 4 ? parts[2](0) : after(1))
      }
      expect(join({ schedules: [parts[0]], boundaries: [] })(4)).toBe(parts[0](4))
    })
  })

  it('one cycle turns where PyTorch turns, and its momentum with it', () => {
    for (const [length, fraction] of [
      [10, 0.3],
      [100, 0.25],
      [1000, 0.5],
    ]) {
      const turn = length * fraction - 1
      const rate = oneCycle({ peak: 1, steps: length, warmupFraction: fraction })
      const momentum = oneCycleMomentum({ steps: length, warmupFraction: fraction })
      expect([rate(0), rate(turn), rate(length - 1)]).toEqual([1 / 25, 1, 1 / 25 / 1e4])
      expect([momentum(0), momentum(turn), momentum(length - 1)]).toEqual([0.95, 0.85, 0.95])
    }
    expect(oneCycle({ peak: 1, steps: 1, warmupFraction: 1 })(0)).toBe(1)
    expect(oneCycle({ peak: 1, steps: 1 })(0)).toBe(1 / 25 / 1e4)
  })

  it('what is scaled by a power of 2 is exactly that', () => {
    const schedule = cosine({ initial: 0.3, steps: 77 })
    for (let step = 0; step < 90; step++)
      expect(scale({ schedule, factor: 0.5 })(step)).toBe(schedule(step) / 2)
  })
})

it('cosine starts at the initial value exactly, whatever the final one', () => {
  seededCases(1000, (random) => {
    const initial = random()
    expect(cosine({ initial, final: initial * random(), steps: 10 })(0)).toBe(initial)
  })
})
