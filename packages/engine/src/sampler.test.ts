import { describe, expect, it } from 'vitest'
import { createSampler } from './sampler.ts'
import { createStreams } from './streams.ts'

function batches(
  sampling: 'shuffle' | 'replacement',
  samples: number,
  batchSize: number,
  steps: number,
  seed = 1,
) {
  const sampler = createSampler(sampling, samples, batchSize, createStreams(seed).order)
  const indices = new Int32Array(batchSize)
  return Array.from({ length: steps }, (_, step) => {
    sampler.fill(step, indices)
    return [...indices.slice(0, sampler.batchSize(step))]
  })
}

describe('shuffle', () => {
  it('takes every sample once an epoch, in another order each time', () => {
    const epochs = batches('shuffle', 10, 4, 6)
    expect(epochs.map(({ length }) => length)).toEqual([4, 4, 2, 4, 4, 2])
    const [first, second] = [epochs.slice(0, 3).flat(), epochs.slice(3).flat()]
    const all = Array.from({ length: 10 }, (_, index) => index)
    expect([...first].sort((a, b) => a - b)).toEqual(all)
    expect([...second].sort((a, b) => a - b)).toEqual(all)
    expect(second).not.toEqual(first)
  })

  it('gives every order equally often', () => {
    const counts = new Map<string, number>()
    for (const order of batches('shuffle', 4, 4, 24_000))
      counts.set(order.join(''), (counts.get(order.join('')) ?? 0) + 1)
    expect(counts.size).toBe(24)
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // 23 degrees of freedom: above 60 in one of 30 000 fair trials.
    expect(chiSquare).toBeLessThan(60)
  })
})

describe('replacement', () => {
  it('fills whole batches only, as many an epoch as fit', () => {
    const { stepsPerEpoch, batchSizes } = createSampler('replacement', 99, 40, createStreams(1).order)
    expect({ stepsPerEpoch, batchSizes }).toEqual({ stepsPerEpoch: 2, batchSizes: [40] })
  })

  it('draws every sample equally often', () => {
    const counts = new Array<number>(10).fill(0)
    for (const sample of batches('replacement', 10, 100, 100).flat()) counts[sample] += 1
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // 9 degrees of freedom: above 38 in one of 50 000 fair trials.
    expect(chiSquare).toBeLessThan(38)
  })
})
