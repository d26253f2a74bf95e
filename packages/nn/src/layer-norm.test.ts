import { describe, expect, it } from 'vitest'
import { dense, layerNorm, relu } from './index.ts'
import { expectGradients, expectSameInF32, layAlone } from './layer.suite.ts'
import { expectModelGradient, expectSameModelInF32 } from './model.suite.ts'

describe.each([
  [[2], 4],
  [[7], 3],
  [[12], 1],
  [[2, 3, 4], 5],
] as const)('of samples %j, %d rows', (shape, rows) => {
  it('is the textbook formula', () => {
    const { input, output, tensors, forward } = layAlone(layerNorm(), shape, { rows, capacity: 6 })
    forward()
    const size = input.length / rows
    for (let row = 0; row < rows; row++) {
      const x = Array.from(input.subarray(row * size, (row + 1) * size))
      const mean = x.reduce((sum, value) => sum + value, 0) / size
      const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size
      x.forEach((value, index) => {
        const normal = (value - mean) / Math.sqrt(variance + 1e-5)
        expect(output[row * size + index]).toBeCloseTo(
          normal * tensors.scale[index] + tensors.shift[index],
          12,
        )
      })
    }
  })

  it('has the gradient of finite differences', () => {
    // A variance that is not small beside the steps of the differences.
    expectGradients(layerNorm({ epsilon: 0.1 }), shape, { rows, capacity: 6 })
  })

  it('is the same in f32 to 1e-5', () => expectSameInF32(layerNorm(), shape, { rows }))
})

describe('in a model', () => {
  const layers = [layerNorm({ epsilon: 1e-3 }), dense(6), layerNorm(), relu(), dense(3)]

  it.each([
    [5, 5],
    [3, 12],
  ])('has the gradient of finite differences, %d rows of %d', (rows, batchRows) => {
    expectModelGradient({ layers, input: [7], rows, capacity: 6, batchRows })
  })

  it('is the same in f32 to 1e-5', () => expectSameModelInF32({ layers, input: [7], rows: 5 }))
})

it('refuses an epsilon that is not above 0', () => {
  expect(() => layerNorm({ epsilon: 0 })).toThrow(
    new RangeError('layerNorm: epsilon must be in (0, ∞), got 0'),
  )
})
