import { expect, it } from 'vitest'
import { mostRowsOf, shareOf } from './batch-share.ts'

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
