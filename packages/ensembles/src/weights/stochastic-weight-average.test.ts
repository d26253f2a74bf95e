import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { snapshotSteps } from './snapshots.ts'
import { createStochasticWeightAverage } from './stochastic-weight-average.ts'

const runs = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 60 })
const counts = fc.integer({ min: 1, max: 9 })

function averaged(run: readonly number[], options: { every?: number; start?: number } = {}) {
  const swa = createStochasticWeightAverage(new Float64Array(1), options)
  const taken = run.filter((value) => swa.update(new Float64Array([value])))
  return { swa, taken }
}

describe('a stochastic weight average', () => {
  it('is the plain mean of the weights at start, start + every, ...', () => {
    fc.assert(
      fc.property(runs, counts, counts, (run, start, every) => {
        const { swa, taken } = averaged(run, { start, every })
        const expected = run.filter((_, k) => k + 1 >= start && (k + 1 - start) % every === 0)
        expect(taken).toEqual(expected)
        expect([swa.steps, swa.averaged]).toEqual([run.length, expected.length])
        if (expected.length === 0) return
        const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length
        expect(Math.abs(swa.average()[0] - mean)).toBeLessThan(1e-11)
      }),
    )
  })

  it('is the numbers worked by hand', () => {
    // After steps 2 and 4: (20 + 40) / 2.
    expect(averaged([10, 20, 30, 40, 50], { every: 2 }).swa.average()).toEqual(new Float64Array([30]))
    // After steps 3 and 5: (30 + 50) / 2.
    const later = averaged([10, 20, 30, 40, 50], { start: 3, every: 2 })
    expect(later.taken).toEqual([30, 50])
    expect(later.swa.average()).toEqual(new Float64Array([40]))
  })

  it('of equal weights is these weights, exactly; in any order the same mean', () => {
    fc.assert(
      fc.property(runs, fc.double({ min: -1e3, max: 1e3, noNaN: true }), (run, constant) => {
        expect(averaged(run.map(() => constant)).swa.average()[0] + 0).toBe(constant + 0)
        const [there, back] = [run, [...run].reverse()].map((each) => averaged(each).swa.average()[0])
        expect(Math.abs(there - back)).toBeLessThan(1e-11)
      }),
    )
  })

  it('takes the snapshots of a cyclic rate where `every` is the length of a cycle', () => {
    const steps = Array.from({ length: 12 }, (_, k) => k + 1)
    expect(averaged(steps, { every: 4 }).taken).toEqual(snapshotSteps({ steps: 12, cycles: 3 }))
  })

  it('goes on from a saved state, through JSON, as if nothing had been', () => {
    fc.assert(
      fc.property(runs, counts, counts, fc.nat(60), (run, start, every, cut) => {
        const before = averaged(run.slice(0, cut), { start, every }).swa
        const after = createStochasticWeightAverage(new Float64Array(1), { start, every })
        after.restore(JSON.parse(JSON.stringify(before.save())))
        for (const value of run.slice(cut)) after.update(new Float64Array([value]))
        expect(after.save()).toEqual(averaged(run, { start, every }).swa.save())
      }),
    )
  })

  it('refuses what does not fit, and changes nothing', () => {
    const make = (options: { every?: number; start?: number }) =>
      createStochasticWeightAverage(new Float64Array(1), options)
    expect(() => make({ every: 0 })).toThrow(
      new RangeError('createStochasticWeightAverage: every must be a whole number in [1, ∞), got 0'),
    )
    expect(() => make({ start: 1.5 })).toThrow(
      new RangeError('createStochasticWeightAverage: start must be a whole number in [1, ∞), got 1.5'),
    )
    const swa = make({ start: 2, every: 3 })
    expect(() => swa.average()).toThrow(new RangeError('average: steps must be in [2, ∞), got 0'))
    swa.update(new Float64Array([1]))
    expect(() => swa.update(new Float64Array([Number.POSITIVE_INFINITY]))).toThrow(
      new RangeError('update: the tensor must be finite, got Infinity at 0'),
    )
    const saved = swa.save()
    expect(saved.steps).toBe(1)
    const refused = [
      [{ ...saved, method: 'movingAverage' }, 'restore: this is no saved stochastic weight average'],
      [{ ...saved, start: 3 }, 'restore: start must be 2, got 3'],
      [{ ...saved, every: 1 }, 'restore: every must be 3, got 1'],
      [{ ...saved, steps: 0.5 }, 'restore: steps must be a whole number in [0, ∞), got 0.5'],
    ] as const
    for (const [wrong, message] of refused) expect(() => swa.restore(wrong as never)).toThrow(message)
    expect(swa.save()).toEqual(saved)
  })
})
