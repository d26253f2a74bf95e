import { conv2d, createModel, dense, relu } from '@thalweg/nn'
import { expect, it } from 'vitest'
import { mostRowsOf, shareOf, sharesInputs } from './batch-share.ts'

it('gives every sample to one thread, and no thread a single one of several', () => {
  for (let threads = 1; threads <= 9; threads++) {
    for (let rows = 1; rows <= 60; rows++) {
      const shares = Array.from({ length: threads }, (_, thread) => shareOf(rows, thread, threads))
      let next = 0
      for (const { start, count } of shares.filter((share) => share.count > 0)) {
        expect(start).toBe(next)
        next += count
      }
      expect(next).toBe(rows)
      const counts = shares.map(({ count }) => count)
      if (rows > 1) expect(counts).not.toContain(1)
      expect(counts[0]).toBe(Math.max(...counts))
      for (let size = rows; size <= 60; size++) {
        expect(counts[0]).toBeLessThanOrEqual(mostRowsOf(size, threads))
      }
    }
  }
})

it('shares the inputs of a first layer that is wide for its batches', () => {
  const wide = createModel([dense(128), relu(), dense(3)], { input: [256], precision: 'f32' })
  expect(sharesInputs(wide, [20, 13], 2)).toBe(true)
  expect(sharesInputs(wide, [20, 13], 1)).toBe(false)
  // A thread would have no sample of the last batch, or one.
  expect(sharesInputs(wide, [20, 3], 2)).toBe(false)
  // More to exchange of sums than of weights.
  expect(sharesInputs(wide, [129], 2)).toBe(false)
  const small = createModel([dense(8), relu(), dense(3)], { input: [256], precision: 'f32' })
  expect(sharesInputs(small, [20], 2)).toBe(false)
  const images = createModel([conv2d({ filters: 64, kernel: 3 }), relu(), dense(3)], {
    input: [16, 16, 1],
    precision: 'f32',
  })
  expect(sharesInputs(images, [20], 2)).toBe(false)
})
