import { describe, expect, it } from 'vitest'
import { createStreams, type Purpose } from './streams.ts'

const purposes: readonly Purpose[] = ['data', 'init', 'order', 'evaluation']

describe.each(purposes)('stream %s', (purpose) => {
  it.each([0, 1, 2, 10])('draw %d is uniform over seeds: mean 1/2, variance 1/12', (draw) => {
    const values = Array.from({ length: 4000 }, (_, seed) => {
      const stream = createStreams(seed)[purpose]
      for (let skipped = 0; skipped < draw; skipped++) stream.uniform()
      return stream.uniform()
    })
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    // Five standard errors of the mean and of the variance of 4000 uniform numbers.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / 4000))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / 4000))
  })

  it('normal numbers have the moments 0, 1, 0, 3', () => {
    const stream = createStreams(1)[purpose]
    const values = Array.from({ length: 100_000 }, () => stream.normal())
    const moment = (power: number): number =>
      values.reduce((sum, value) => sum + value ** power, 0) / values.length
    // Five standard errors each: sqrt of (1, 2, 15, 96) / n.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / 100_000))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / 100_000))
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / 100_000))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / 100_000))
  })

  it('continues from what it saved', () => {
    const stream = createStreams(7)[purpose]
    stream.uniform()
    const saved = stream.save()
    const expected = [stream.uniform(), stream.below(1000), stream.normal()]
    const other = createStreams(8)[purpose]
    other.restore(saved)
    expect([other.uniform(), other.below(1000), other.normal()]).toEqual(expected)
  })
})

it.each(purposes)('streams %s of neighbouring seeds are not correlated, draw by draw', (purpose) => {
  const seeds = 2000
  const draws = Array.from({ length: seeds }, (_, seed) => {
    const stream = createStreams(seed)[purpose]
    return Array.from({ length: 70 }, () => stream.uniform() - 1 / 2)
  })
  for (const difference of [1, 2, 3]) {
    for (let draw = 0; draw < 70; draw++) {
      let product = 0
      for (let seed = 0; seed < seeds; seed++) product += draws[seed][draw] * draws[seed ^ difference][draw]
      // Every pair counts twice: a correlation with standard error sqrt(2 / seeds); 5.5 of them, for 840 tries.
      const correlation = (12 * product) / seeds
      const limit = 5.5 * Math.sqrt(2 / seeds)
      expect(Math.abs(correlation), `seeds that differ by ${difference}, draw ${draw}`).toBeLessThan(limit)
    }
  }
})

it('streams of one seed share no draws', () => {
  const streams = createStreams(1)
  const draws = purposes.flatMap((purpose) => Array.from({ length: 5000 }, () => streams[purpose].uniform()))
  expect(new Set(draws).size).toBe(draws.length)
})
