import { describe, expect, it } from 'vitest'
import { gelu } from './index.ts'
import { expectGradients, expectSameInF32, layAlone } from './layer.suite.ts'

/** The distribution function of N(0, 1), by its series. */
function phi(x: number): number {
  let term = x
  let sum = x
  for (let n = 3; n < 80; n += 2) {
    term *= (x * x) / n
    sum += term
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

const textbook = {
  none: (x: number) => x * phi(x),
  tanh: (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
}

describe.each(['none', 'tanh'] as const)('approximation: %s', (approximation) => {
  const layer = gelu({ approximation })

  it('is the textbook function, and leaves the rows beyond those planned alone', () => {
    const { input, output, outputShape, forward } = layAlone(layer, [3, 5], { rows: 4, capacity: 7 })
    forward()
    expect(outputShape).toEqual([3, 5])
    output.forEach((value, index) => {
      expect(value).toBeCloseTo(textbook[approximation](input[index]), 15)
    })
  })

  it.each([1, 3])('has the gradient of finite differences, %d rows', (rows) => {
    expectGradients(layer, [13], { rows, capacity: 4 })
  })

  it('is the same in f32 to 1e-6', () => expectSameInF32(layer, [13], { rows: 3 }, 1e-6))
})

it('is exact by default, and refuses another approximation', () => {
  const [left, right] = [gelu(), gelu({ approximation: 'none' })].map((layer) => {
    const alone = layAlone(layer, [9], { rows: 2 })
    alone.both()
    return [...alone.output, ...alone.inputGradient]
  })
  expect(left).toEqual(right)
  expect(() => gelu({ approximation: 'cubic' as never })).toThrow(
    new RangeError('gelu: approximation must be "none" or "tanh", got "cubic"'),
  )
})
