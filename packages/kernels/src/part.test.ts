import { expect, it } from 'vitest'
import { partOf } from './part.ts'

it.each([
  [10, 3, 1],
  [100, 2, 1],
  [1000, 3, 64],
  [64, 4, 64],
  [1, 2, 1],
  [0, 2, 16],
  [339_510, 2, 64],
])('%d items in %d parts of units of %d: one after another, alike', (length, parts, unit) => {
  let next = 0
  const counts = Array.from({ length: parts }, (_, index) => {
    const { start, count } = partOf(length, index, parts, unit)
    expect(start).toBe(next)
    if (index < parts - 1) expect(count % unit).toBe(0)
    next += count
    return count
  })
  expect(next).toBe(length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(2 * unit)
})
