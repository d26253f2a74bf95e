import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logSoftmax, softmax } from './softmax.ts'
import { largestDifference } from './tables.suite.ts'

const seed = 20_261_123
const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 6, maxLength: 6 })
const temperatures = fc.double({ min: 0.05, max: 50, noNaN: true })

describe('softmax', () => {
  it('by hand: log 1, log 2, log 5 are 1/8, 2/8, 5/8; at temperature 1/2 1/30, 4/30, 25/30', () => {
    const row = Float64Array.from([1, 2, 5], Math.log)
    expect(largestDifference(softmax(row, 3), [0.125, 0.25, 0.625])).toBeLessThan(1e-15)
    const cold = softmax(row, 3, { temperature: 0.5 })
    expect(largestDifference(cold, [1 / 30, 4 / 30, 25 / 30])).toBeLessThan(1e-15)
  })

  it('is its textbook form, does not see a shift of a row, and its logarithm is logSoftmax', () => {
    fc.assert(
      fc.property(
        logits,
        temperatures,
        fc.double({ min: -700, max: 700, noNaN: true }),
        (row, temperature, shift) => {
          const table = Float64Array.from(row)
          const ours = softmax(table, 3, { temperature })
          for (const first of [0, 3]) {
            const largest = Math.max(...row.slice(first, first + 3))
            const powers = row.slice(first, first + 3).map((z) => Math.exp((z - largest) / temperature))
            const sum = powers.reduce((a, b) => a + b)
            const theirs = powers.map((power) => power / sum)
            expect(largestDifference(ours.slice(first, first + 3), theirs)).toBeLessThan(1e-15)
          }
          const shifted = Float64Array.from(row, (z, at) => z + (at < 3 ? shift : 0))
          const tolerance = 1e-12 / Math.min(1, temperature)
          expect(largestDifference(softmax(shifted, 3, { temperature }), ours)).toBeLessThan(tolerance)
          const logarithm = logSoftmax(table, 3, { temperature })
          expect(largestDifference(logarithm.map(Math.exp), ours)).toBeLessThan(1e-13)
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('is the same at logits and temperature both scaled', () => {
    const table = sequence(12, 3)
    const scaled = table.map((z) => 8 * z)
    expect(softmax(scaled, 4, { temperature: 8 })).toEqual(softmax(table, 4))
  })

  it('neither overflows nor loses what a logarithm can hold', () => {
    expect(softmax(new Float64Array([1e308, -1e308]), 2)).toEqual(new Float64Array([1, 0]))
    expect(logSoftmax(new Float32Array([2000, 0]), 2)).toEqual(new Float64Array([0, -2000]))
  })

  it.each([0, -1, Infinity, Number.NaN])('refuses the temperature %d', (temperature) => {
    const message = `softmax: temperature must be a number in (0, ∞), got ${temperature}`
    expect(() => softmax(new Float64Array(2), 2, { temperature })).toThrow(new RangeError(message))
  })
})
