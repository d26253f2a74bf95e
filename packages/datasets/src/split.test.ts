import { describe, expect, it } from 'vitest'
import { noRandom, scriptedRandom, seededRandom } from '../test/seeded-random.ts'
import type { Split } from './dataset.ts'
import { holdOut, takeFirst } from './split.ts'

/** Sample k has the features 10 k and 10 k + 1, and the label k. */
function numbered(samples: number): Split {
  return {
    samples,
    features: Float32Array.from(
      { length: 2 * samples },
      (_, index) => 10 * Math.floor(index / 2) + (index % 2),
    ),
    labels: Int32Array.from({ length: samples }, (_, index) => index),
  }
}

describe('takeFirst', () => {
  it('copies the first samples', () => {
    const split = numbered(3)
    const first = takeFirst(split, 2)
    expect(first).toEqual(numbered(2))
    first.features[0] = 99
    expect(split.features[0]).toBe(0)
    expect(takeFirst(split, 0)).toEqual(numbered(0))
  })

  it('refuses more than there are, and a split whose lengths do not fit', () => {
    expect(() => takeFirst(numbered(3), 4)).toThrow(
      new RangeError('count must be an integer from 0 to 3; received 4'),
    )
    expect(() => takeFirst({ ...numbered(3), samples: 4 }, 1)).toThrow(/^split must hold/)
  })
})

describe('holdOut', () => {
  it('is a Fisher-Yates shuffle, its last samples held out, worked by hand', () => {
    // order 0123; i=3: j=floor(0.1*4)=0 -> 3120; i=2: j=floor(0.9*3)=2 -> 3120; i=1: j=floor(0.5*2)=1 -> 3120
    const random = scriptedRandom([0.1, 0.9, 0.5], [])
    const { kept, heldOut } = holdOut(numbered(4), { count: 1 }, random)
    expect([...kept.labels]).toEqual([3, 1, 2])
    expect([...kept.features]).toEqual([30, 31, 10, 11, 20, 21])
    expect([...heldOut.labels]).toEqual([0])
    expect([...heldOut.features]).toEqual([0, 1])
  })

  it('loses and doubles no sample, and keeps features with their label', () => {
    const { kept, heldOut } = holdOut(numbered(103), { fraction: 0.3 }, seededRandom(1))
    expect(heldOut.samples).toBe(31) // round(30.9)
    expect([...kept.labels, ...heldOut.labels].sort((a, b) => a - b)).toEqual([...numbered(103).labels])
    for (const part of [kept, heldOut])
      part.labels.forEach((label, sample) => {
        expect(part.features[2 * sample + 1]).toBe(10 * label + 1)
      })
  })

  it('holds out every sample equally often', () => {
    const random = seededRandom(17)
    const counts = new Uint32Array(5)
    for (let round = 0; round < 5000; round++)
      counts[holdOut(numbered(5), { count: 1 }, random).heldOut.labels[0]]++
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120) // standard deviation 28
  })

  it('repeats with the same source', () => {
    const once = () => holdOut(numbered(50), { count: 10 }, seededRandom(5))
    expect(once()).toEqual(once())
  })

  it('keeps the order and draws nothing where nothing is held out', () => {
    const { kept, heldOut } = holdOut(numbered(3), { fraction: 0 }, noRandom)
    expect(kept).toEqual(numbered(3))
    expect(heldOut.samples).toBe(0)
  })

  it('leaves at least one sample', () => {
    expect(() => holdOut(numbered(3), { count: 3 }, noRandom)).toThrow(
      new RangeError('count held out must be an integer from 0 to 2; received 3'),
    )
    expect(() => holdOut(numbered(3), { fraction: 1 }, noRandom)).toThrow(
      new RangeError('fraction must be in [0, 1); received 1'),
    )
  })
})
