import { describe, expect, it } from 'vitest'
import { averagePool } from './average-pool.ts'
import { expectGradients, expectSameInF32, layAlone } from './layer.suite.ts'
import { maxPool } from './max-pool.ts'
import type { PoolOptions } from './pool.ts'
import type { Shape } from './shape.ts'

interface Case {
  readonly shape: readonly [number, number, number]
  readonly options: PoolOptions
  readonly outputShape: Shape
}

const cases: Readonly<Record<string, Case>> = {
  '2, tiles': { shape: [4, 6, 5], options: { size: 2 }, outputShape: [2, 3, 5] },
  '2, a row left over': { shape: [5, 6, 4], options: { size: 2 }, outputShape: [2, 3, 4] },
  '2, a column left over': { shape: [4, 7, 3], options: { size: 2 }, outputShape: [2, 3, 3] },
  '3, stride 2: windows overlap': {
    shape: [7, 7, 6],
    options: { size: 3, stride: 2 },
    outputShape: [3, 3, 6],
  },
  '2x3, stride 1x2': {
    shape: [4, 7, 9],
    options: { size: [2, 3], stride: [1, 2] },
    outputShape: [3, 3, 9],
  },
  '2, stride 3: places between windows': {
    shape: [8, 6, 2],
    options: { size: 2, stride: 3 },
    outputShape: [3, 2, 2],
  },
  'the whole image': { shape: [3, 4, 5], options: { size: [3, 4] }, outputShape: [1, 1, 5] },
  '1': { shape: [2, 3, 1], options: { size: 1 }, outputShape: [2, 3, 1] },
}

/** What `reduce` makes of the numbers of every window. */
function textbook(
  x: ArrayLike<number>,
  rows: number,
  { shape, options, outputShape }: Case,
  reduce: (numbers: readonly number[]) => number,
): number[] {
  const [height, width, channels] = shape
  const pair = (value: PoolOptions['size']) => (typeof value === 'number' ? [value, value] : value)
  const size = pair(options.size)
  const stride = pair(options.stride ?? options.size)
  const y: number[] = []
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < outputShape[0]; i++)
      for (let j = 0; j < outputShape[1]; j++)
        for (let c = 0; c < channels; c++) {
          const numbers: number[] = []
          for (let u = 0; u < size[0]; u++)
            for (let v = 0; v < size[1]; v++) {
              const [row, column] = [i * stride[0] + u, j * stride[1] + v]
              numbers.push(x[((n * height + row) * width + column) * channels + c])
            }
          y.push(reduce(numbers))
        }
  return y
}

const largest = (numbers: readonly number[]): number => Math.max(...numbers)
const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b) / numbers.length

describe.each([
  ['maxPool', maxPool, largest],
  ['averagePool', averagePool, mean],
] as const)('%s', (name, create, reduce) => {
  describe.each(Object.entries(cases))('%s', (_name, each) => {
    const layer = create(each.options)

    it.each([2, 1])('is the textbook value, bit for bit, %d rows', (rows) => {
      const alone = layAlone(layer, each.shape, { rows })
      alone.forward()
      expect(alone.outputShape).toEqual(each.outputShape)
      expect(Array.from(alone.output)).toEqual(textbook(alone.input, rows, each, reduce))
    })

    it.each([
      { rows: 2, capacity: 2 },
      { rows: 1, capacity: 3 },
    ])('has the gradients of finite differences, $rows of $capacity rows', (sizes) => {
      expectGradients(layer, each.shape, sizes)
    })

    it('is the same in f32', () => expectSameInF32(layer, each.shape, { rows: 2 }))
  })

  it('needs no input and no output in the backward pass', () => {
    expect(create({ size: 2 }).lay([4, 4, 1]).backwardReads).toEqual([])
  })

  it('refuses what is out of range, with the value', () => {
    expect(() => create({ size: 0 })).toThrow(
      new RangeError(`${name}: size must be a whole number in [1, ∞), got 0`),
    )
    expect(() => create({ size: 2, stride: [1, -1] })).toThrow(
      `${name}: stride must be a whole number in [1, ∞), got -1`,
    )
    expect(() => create({ size: 2 }).lay([6])).toThrow(
      `${name}: samples must be images [rows, columns, channels], got [6]`,
    )
    expect(() => create({ size: [2, 4] }).lay([3, 3, 2])).toThrow(
      `${name}: size must fit into images of [3, 3], got [2, 4]`,
    )
  })
})

describe.each(['f32', 'f64'] as const)('maxPool of special numbers, %s', (precision) => {
  it.each([
    ['the first of equal ones', [1, 3, 3, 2], 3, 1],
    ['all equal', [2, 2, 2, 2], 2, 0],
    ['NaN wins', [1, Number.NaN, 5, 2], Number.NaN, 1],
    ['NaN first', [Number.NaN, 1, 5, 2], Number.NaN, 0],
    ['the last NaN', [Number.NaN, 1, Number.NaN, 2], Number.NaN, 2],
    ['negative infinity everywhere', Array<number>(4).fill(-Infinity), -Infinity, 0],
  ])('%s', (_name, numbers, expected, place) => {
    // Five channels: a whole vector and single elements beside it.
    const alone = layAlone(maxPool({ size: 2 }), [2, 2, 5], { precision, rows: 1 })
    alone.input.set(numbers.flatMap((value) => Array<number>(5).fill(value)))
    alone.both()
    expect(Array.from(alone.output)).toEqual(Array(5).fill(expected))
    const gradient = Array.from(alone.inputGradient)
    expect(gradient).toEqual(
      Array.from({ length: 20 }, (_, i) => (Math.floor(i / 5) === place ? alone.outputGradient[i % 5] : 0)),
    )
  })
})
