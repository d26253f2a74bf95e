import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCycleEnd, type SnapshotCycles, snapshotRate, snapshotSteps } from './snapshots.ts'

/** Steps and cycles that fit: a whole length, and a last cycle that is cut short by less than it. */
const plans = fc
  .record({ length: fc.integer({ min: 1, max: 50 }), cycles: fc.integer({ min: 1, max: 12 }), cut: fc.nat() })
  .map(({ length, cycles, cut }) => ({
    cycles,
    steps: length * cycles - (cut % Math.min(length, cycles)),
    length,
  }))

describe('snapshots', () => {
  it('are taken as worked by hand', () => {
    expect(snapshotSteps({ steps: 10, cycles: 5 })).toEqual([2, 4, 6, 8, 10])
    expect(snapshotSteps({ steps: 10, cycles: 3 })).toEqual([4, 8, 10])
    expect(snapshotSteps({ steps: 7, cycles: 1 })).toEqual([7])
    expect(snapshotSteps({ steps: 3, cycles: 3 })).toEqual([1, 2, 3])
  })

  it('are one a cycle, the last at the end, and `isCycleEnd` says the same', () => {
    fc.assert(
      fc.property(plans, ({ steps, cycles, length }) => {
        const ends = snapshotSteps({ steps, cycles })
        expect(ends.length).toBe(cycles)
        expect(ends[cycles - 1]).toBe(steps)
        expect(ends.slice(0, -1)).toEqual(Array.from({ length: cycles - 1 }, (_, i) => (i + 1) * length))
        const found = Array.from({ length: steps + 2 * length }, (_, step) => step).filter((step) =>
          isCycleEnd(step, { steps, cycles }),
        )
        expect(found).toEqual(ends)
      }),
    )
  })

  it('have the published rate, which restarts exactly after each', () => {
    fc.assert(
      fc.property(plans, fc.double({ min: 1e-6, max: 10, noNaN: true }), ({ steps, cycles }, initial) => {
        const rate = snapshotRate({ initial, steps, cycles })
        const length = Math.ceil(steps / cycles)
        for (let t = 1; t <= steps; t++) {
          const published = (initial / 2) * (Math.cos((Math.PI * ((t - 1) % length)) / length) + 1)
          expect(Math.abs(rate(t - 1) - published)).toBeLessThanOrEqual(1e-15 * initial)
        }
        for (const end of [0, ...snapshotSteps({ steps, cycles }).slice(0, -1)]) {
          expect(rate(end)).toBe(initial)
          if (end > 0 && length > 1) expect(rate(end - 1)).toBeLessThan(rate(end - 2))
        }
      }),
    )
    const rate = snapshotRate({ initial: 0.1, steps: 10, cycles: 2 })
    // 0.05 (cos(36 k degrees) + 1), k = 0 ... 4.
    const cycle = [0.1, 0.0904508497, 0.0654508497, 0.0345491503, 0.0095491503]
    for (let k = 0; k < 10; k++) expect(rate(k)).toBeCloseTo(cycle[k % 5], 10)
  })

  it('refuse counts that do not fit', () => {
    const refused: readonly [SnapshotCycles, string][] = [
      [{ steps: 0, cycles: 1 }, 'snapshotSteps: steps must be a whole number in [1, ∞), got 0'],
      [{ steps: 5, cycles: 1.5 }, 'snapshotSteps: cycles must be a whole number in [1, ∞), got 1.5'],
      [
        { steps: 10, cycles: 7 },
        'snapshotSteps: cycles must fit: 10 steps have 5 cycles of ceil(10 / 7) = 2 steps, got 7',
      ],
    ]
    for (const [options, message] of refused)
      expect(() => snapshotSteps(options)).toThrow(new RangeError(message))
    expect(() => isCycleEnd(-1, { steps: 2, cycles: 1 })).toThrow(
      new RangeError('isCycleEnd: step must be a whole number in [0, ∞), got -1'),
    )
    expect(() => snapshotRate({ initial: -1, steps: 2, cycles: 1 })).toThrow(
      new RangeError('snapshotRate: initial must be in [0, ∞), got -1'),
    )
    expect(() => snapshotRate({ initial: 1, steps: 2, cycles: 1 })(0.5)).toThrow(
      new RangeError('snapshotRate: step must be a whole number in [0, ∞), got 0.5'),
    )
  })
})
