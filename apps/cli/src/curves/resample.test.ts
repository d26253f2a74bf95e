import { describe, expect, it } from 'vitest'
import { resample, smooth } from './resample.ts'

describe('resample', () => {
  const curve = { steps: [1, 3, 7], values: [10, 20, 0] }

  it('is linear between recorded points, ends included', () => {
    // Steps 1 2 3 4 5 6 7; from (3, 20) to (7, 0) it falls by 5 a step.
    expect(resample(curve, { first: 1, last: 7 }, 7)).toEqual([10, 15, 20, 15, 10, 5, 0])
  })

  it('thins long curves to the columns there are', () => {
    const steps = Array.from({ length: 1001 }, (_, step) => step)
    const long = { steps, values: steps.map((step) => 2 * step) }
    expect(resample(long, { first: 0, last: 1000 }, 5)).toEqual([0, 500, 1000, 1500, 2000])
  })

  it('has nothing before the first and after the last point', () => {
    expect(resample(curve, { first: 0, last: 8 }, 5)).toEqual([undefined, 15, 15, 5, undefined])
    expect(resample({ steps: [], values: [] }, { first: 0, last: 1 }, 2)).toEqual([undefined, undefined])
  })

  it('draws a single point', () => {
    expect(resample({ steps: [4], values: [2] }, { first: 4, last: 4 }, 3)).toEqual([2, 2, 2])
  })
})

it('smoothing is the mean of the last values, fewer at the start', () => {
  expect(smooth({ steps: [1, 2, 3, 4], values: [2, 4, 6, 8] }, 3).values).toEqual([2, 3, 4, 6])
})
