import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { bind, createWorkspace, type Precision, sumOfSquares } from './index.ts'

describe.each<Precision>(['f32', 'f64'])('the sum of squares, %s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })
  const { kernel } = bind(workspace, { kernel: sumOfSquares(precision) })
  const result = workspace.f64(1)

  function sumOf(values: Iterable<number> & ArrayLike<number>): { sum: number; textbook: number } {
    const x = workspace[precision](values.length)
    x.set(values)
    kernel(values.length, x.byteOffset, result.byteOffset)
    return { sum: result[0], textbook: Array.from(x).reduce((sum, value) => sum + value * value, 0) }
  }

  it.each([0, 1, 3, 63, 64, 65, 127, 128, 1000, 4099])('of %d numbers', (length) => {
    const { sum, textbook } = sumOf(sequence(length, 3))
    expect(Math.abs(sum - textbook)).toBeLessThanOrEqual((precision === 'f32' ? 1e-6 : 1e-14) * textbook)
  })

  it.each([1e-30, 1e-22, 1e-15, 1e15, 1e20, 1e30])('of numbers of the size %d', (size) => {
    const { sum, textbook } = sumOf(sequence(200, 5).map((value) => size * value))
    expect(textbook).toBeGreaterThan(0)
    expect(Math.abs(sum - textbook)).toBeLessThanOrEqual((precision === 'f32' ? 1e-6 : 1e-14) * textbook)
  })

  it('is NaN or infinite where a number is', () => {
    const values = sequence(100, 1)
    expect(sumOf([...values, Number.NaN]).sum).toBeNaN()
    expect(sumOf([Number.NEGATIVE_INFINITY, ...values]).sum).toBe(Number.POSITIVE_INFINITY)
  })
})
