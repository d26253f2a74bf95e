import { expect, it } from 'vitest'
import { balancedParts } from './gemm-partition.ts'

it('splits into as few parts as can be, larger ones first', () => {
  expect(balancedParts(12, 5)).toEqual([{ size: 4, count: 3 }])
  expect(balancedParts(11, 5)).toEqual([
    { size: 4, count: 2 },
    { size: 3, count: 1 },
  ])
  expect(balancedParts(1, 8)).toEqual([{ size: 1, count: 1 }])
})

it('all totals up to 100: nothing lost, none too large, sizes within 1 of each other', () => {
  for (let total = 1; total <= 100; total++) {
    for (let largest = 1; largest <= 10; largest++) {
      const parts = balancedParts(total, largest)
      const sizes = parts.flatMap(({ size, count }) => Array<number>(count).fill(size))
      expect(sizes.reduce((sum, size) => sum + size)).toBe(total)
      expect(sizes).toHaveLength(Math.ceil(total / largest))
      expect(sizes[0]).toBeLessThanOrEqual(largest)
      expect(sizes[0] - sizes[sizes.length - 1]).toBeLessThanOrEqual(1)
      expect(parts.every(({ count }) => count > 0)).toBe(true)
    }
  }
})
