import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNormStatistics, type LayerMoments, refreshNormStatistics } from './norm-statistics.ts'

const moments = (mean: readonly number[], variance: readonly number[]): LayerMoments => ({
  norm: { mean: new Float64Array(mean), variance: new Float64Array(variance) },
})

/** PyTorch's batch normalisation with momentum None: running <- (1 - 1/n) running + 1/n batch. */
function textbook(batches: readonly LayerMoments[], which: 'mean' | 'variance'): number {
  return batches.reduce((running, { norm }, k) => {
    const share = 1 / (k + 1)
    return (1 - share) * running + share * norm[which][0]
  }, 0)
}

describe('statistics of normalised layers, measured anew', () => {
  it('are the means of the batches, each with the same weight', () => {
    const result = refreshNormStatistics([
      moments([1, 5], [4, 0]),
      moments([3, 5], [0, 0]),
      moments([8, 5], [2, 3]),
    ])
    expect(result).toEqual(moments([4, 5], [2, 1]))
  })

  it('are the cumulative mean of the textbook', () => {
    const pairs = fc.tuple(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 0, max: 1e3, noNaN: true }),
    )
    fc.assert(
      fc.property(fc.array(pairs, { minLength: 1, maxLength: 30 }), (given) => {
        const batches = given.map(([mean, variance]) => moments([mean], [variance]))
        const { norm } = refreshNormStatistics(batches)
        expect(Math.abs(norm.mean[0] - textbook(batches, 'mean'))).toBeLessThan(1e-11)
        expect(Math.abs(norm.variance[0] - textbook(batches, 'variance'))).toBeLessThan(1e-11)
      }),
    )
  })

  it('keep their precision, layer by layer', () => {
    const like = {
      first: { mean: new Float32Array([1, 3]), variance: new Float32Array([1, 1]) },
      second: { mean: new Float64Array([2]), variance: new Float64Array([5]) },
    }
    const statistics = createNormStatistics(like)
    statistics.add(like)
    expect(statistics.batches).toBe(1)
    expect(statistics.result()).toEqual(like)
  })

  it('refuse what does not fit, by name, and change nothing', () => {
    expect(() => refreshNormStatistics([])).toThrow(
      new RangeError('refreshNormStatistics: batches must be one or more, got none'),
    )
    expect(() => createNormStatistics({})).toThrow(
      new RangeError('createNormStatistics: means: weights must have at least one tensor, got none'),
    )
    const statistics = createNormStatistics(moments([0], [0]))
    expect(() => statistics.result()).toThrow(new RangeError('result: batches must be in [1, ∞), got 0'))
    statistics.add(moments([1], [2]))
    expect(() => statistics.add(moments([5], [-1]))).toThrow(
      new RangeError("add: the variance of 'norm' must be in [0, ∞), got -1 at 0"),
    )
    expect(() => statistics.add(moments([5], [Number.NaN]))).toThrow(
      new RangeError("add: variances: tensor 'norm' must be finite, got NaN at 0"),
    )
    expect(() => statistics.add(moments([5, 5], [1]))).toThrow(
      new RangeError("add: means: tensor 'norm' must have length 1, got 2"),
    )
    expect(() => statistics.add({})).toThrow(new TypeError("add: variances: tensor 'norm' is missing"))
    expect(statistics.result()).toEqual(moments([1], [2]))
  })
})
