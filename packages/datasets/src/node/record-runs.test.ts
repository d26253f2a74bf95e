import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/seeded-random.ts'
import { joinRuns, sortRecords } from './record-runs.ts'

describe('sortRecords', () => {
  it('gives each record with its row', () => {
    const { records, rows } = sortRecords(Int32Array.of(5, 2, 9, 2, 7), 4, 100)
    expect([...records]).toEqual([102, 102, 105, 109])
    expect([...rows]).toEqual([1, 3, 0, 2])
  })

  it('keeps the largest index and many rows apart', () => {
    const indices = new Int32Array(2 ** 20).fill(2 ** 31 - 1)
    indices[77] = 2 ** 31 - 2
    const { records, rows } = sortRecords(indices, indices.length, 0)
    expect([records[0], rows[0]]).toEqual([2 ** 31 - 2, 77])
    expect([records[1], rows[1], records[2 ** 20 - 1], rows[2 ** 20 - 1]]).toEqual([
      2 ** 31 - 1,
      0,
      2 ** 31 - 1,
      2 ** 20 - 1,
    ])
  })
})

describe('joinRuns', () => {
  it('is worked by hand', () => {
    const records = Float64Array.of(3, 3, 4, 7, 20, 21, 22)
    // 5 and 6 lie between: a gap of 2
    expect(joinRuns(records, 0, 8, 2)).toEqual({
      runs: [
        { from: 3, to: 8, slot: 0 },
        { from: 20, to: 23, slot: 5 },
      ],
      next: 7,
    })
    expect(joinRuns(records, 0, 8, 1).runs).toEqual([
      { from: 3, to: 5, slot: 0 },
      { from: 7, to: 8, slot: 2 },
      { from: 20, to: 23, slot: 3 },
    ])
    expect(joinRuns(records, 0, 1, 9)).toEqual({ runs: [{ from: 3, to: 4, slot: 0 }], next: 2 })
    expect(joinRuns(records, 4, 2, 9)).toEqual({ runs: [{ from: 20, to: 22, slot: 0 }], next: 6 })
  })

  it('covers every record once, within the block, in as few reads as the gap allows', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed)
      const below = (count: number) => Math.floor(count * random.uniform())
      const indices = Int32Array.from({ length: 1 + below(60) }, () => below(1 + seed))
      const [capacity, gap] = [1 + below(20), below(4)]
      const { records } = sortRecords(indices, indices.length, 0)
      for (let start = 0; start < records.length; ) {
        const { runs, next } = joinRuns(records, start, capacity, gap)
        expect(next, `seed ${seed}`).toBeGreaterThan(start)
        let slot = 0
        for (const run of runs) {
          expect(run.slot, `seed ${seed}`).toBe(slot)
          slot += run.to - run.from
        }
        expect(slot, `seed ${seed}`).toBeLessThanOrEqual(capacity)
        const wanted = new Set(records.subarray(start, next))
        const covered = runs.flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, index) => from + index),
        )
        for (const record of wanted) expect(covered.filter((each) => each === record)).toHaveLength(1)
        for (const { from, to } of runs) {
          expect(wanted.has(from) && wanted.has(to - 1), `seed ${seed}`).toBe(true)
          let unwanted = 0
          for (let record = from; record < to; record++) {
            unwanted = wanted.has(record) ? 0 : unwanted + 1
            expect(unwanted, `seed ${seed}`).toBeLessThanOrEqual(gap)
          }
        }
        start = next
      }
    }
  })
})
