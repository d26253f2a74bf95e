import { describe, expect, it } from 'vitest'
import { sampleStatistics } from './sample-statistics.ts'

describe('sampleStatistics', () => {
  it('divides by n - 1', () => {
    // Mean of 2, 4, 9 is 15 / 3 = 5; squares 9 + 1 + 16 = 26; 26 / 2 = 13.
    expect(sampleStatistics([2, 4, 9])).toEqual({ count: 3, mean: 5, standardDeviation: Math.sqrt(13) })
  })

  it('has no spread of one value and nothing of none', () => {
    expect(sampleStatistics([7])).toEqual({ count: 1, mean: 7, standardDeviation: undefined })
    expect(sampleStatistics([])).toBeUndefined()
  })

  it('does not hide what is no number', () => {
    expect(sampleStatistics([1, Number.NaN])?.mean).toBeNaN()
  })
})
