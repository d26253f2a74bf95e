import { expect, it } from 'vitest'
import { downsample } from './downsample.ts'

// Steps 0 to 9 in two buckets: 0 to 4 and 5 to 9.
const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

it('keeps the first, smallest, largest and last point of each bucket', () => {
  expect(downsample(steps, [5, 9, 5, 1, 5, 3, 3, 3, 4, 2], 8)).toEqual([0, 1, 3, 4, 5, 8, 9])
})

it('keeps the first NaN of each bucket', () => {
  const { NaN: nan } = Number
  expect(downsample(steps, [5, 9, nan, nan, 1, nan, nan, nan, nan, nan], 8)).toEqual([0, 1, 2, 4, 5, 9])
})

it('keeps all where there are few', () => {
  expect(downsample(steps, steps, 10)).toBeUndefined()
  expect(downsample([], [], 1)).toBeUndefined()
})

it('cuts by steps, not by points', () => {
  expect(downsample([...steps, 1000], [...steps, 10], 8)).toEqual([0, 9, 10])
})
