import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { tanh } from './activations.ts'
import { type Conv2dOptions, conv2d } from './conv2d.ts'
import { expectGradients, expectSameInF32, layAlone } from './layer.suite.ts'
import type { Shape } from './shape.ts'

/** The definition, place by place. `offset` is what the first window starts before the image, in rows and columns. */
function textbook(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  sizes: {
    readonly rows: number
    readonly shape: Shape
    readonly kernel: readonly number[]
    readonly stride: readonly number[]
    readonly offset: readonly number[]
    readonly outputShape: Shape
  },
): number[] {
  const [height, width, channels] = sizes.shape
  const [outHeight, outWidth, filters] = sizes.outputShape
  const y: number[] = []
  for (let n = 0; n < sizes.rows; n++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++)
        for (let f = 0; f < filters; f++) {
          let sum = bias[f]
          for (let u = 0; u < sizes.kernel[0]; u++)
            for (let v = 0; v < sizes.kernel[1]; v++) {
              const row = i * sizes.stride[0] + u - sizes.offset[0]
              const column = j * sizes.stride[1] + v - sizes.offset[1]
              if (row < 0 || row >= height || column < 0 || column >= width) continue
              for (let c = 0; c < channels; c++) {
                const place = ((n * height + row) * width + column) * channels + c
                sum += x[place] * weight[((u * sizes.kernel[1] + v) * channels + c) * filters + f]
              }
            }
          y.push(sum)
        }
  return y
}

interface Case {
  readonly shape: readonly [number, number, number]
  readonly options: Conv2dOptions
  readonly offset: readonly [number, number]
  readonly outputShape: Shape
}

const cases: Readonly<Record<string, Case>> = {
  '3x3': {
    shape: [5, 6, 2],
    options: { filters: 3, kernel: 3 },
    offset: [0, 0],
    outputShape: [3, 4, 3],
  },
  '3x3, padding 1, 5 channels': {
    shape: [4, 5, 5],
    options: { filters: 4, kernel: 3, padding: 1 },
    offset: [1, 1],
    outputShape: [4, 5, 4],
  },
  '3x3, stride 2, odd image': {
    shape: [7, 5, 3],
    options: { filters: 2, kernel: 3, stride: 2, padding: 1 },
    offset: [1, 1],
    outputShape: [4, 3, 2],
  },
  'stride beyond the kernel, rows left over': {
    shape: [8, 9, 2],
    options: { filters: 3, kernel: 2, stride: 3 },
    offset: [0, 0],
    outputShape: [3, 3, 3],
  },
  '2x3, stride 1x2, padding 0x2': {
    shape: [4, 6, 3],
    options: { filters: 5, kernel: [2, 3], stride: [1, 2], padding: [0, 2] },
    offset: [0, 2],
    outputShape: [3, 4, 5],
  },
  'padding 3, beyond the kernel': {
    shape: [3, 4, 2],
    options: { filters: 2, kernel: 2, padding: 3 },
    offset: [3, 3],
    outputShape: [8, 9, 2],
  },
  'kernel larger than the image': {
    shape: [2, 3, 4],
    options: { filters: 3, kernel: [5, 6], padding: 2 },
    offset: [2, 2],
    outputShape: [2, 2, 3],
  },
  'kernel as large as the image': {
    shape: [3, 2, 4],
    options: { filters: 6, kernel: [3, 2] },
    offset: [0, 0],
    outputShape: [1, 1, 6],
  },
  '1x1': {
    shape: [3, 4, 6],
    options: { filters: 5, kernel: 1 },
    offset: [0, 0],
    outputShape: [3, 4, 5],
  },
  '1x1, padding 1': {
    shape: [3, 4, 3],
    options: { filters: 2, kernel: 1, padding: 1 },
    offset: [1, 1],
    outputShape: [5, 6, 2],
  },
  '1x1, stride 2': {
    shape: [5, 4, 3],
    options: { filters: 2, kernel: 1, stride: 2 },
    offset: [0, 0],
    outputShape: [3, 2, 2],
  },
  'same, 3x3': {
    shape: [5, 4, 3],
    options: { filters: 2, kernel: 3, padding: 'same' },
    offset: [1, 1],
    outputShape: [5, 4, 2],
  },
  // Three zeros in a column of rows: one before, two behind; none before the columns where one is enough.
  'same, 4x2, the odd zero behind': {
    shape: [6, 5, 2],
    options: { filters: 2, kernel: [4, 2], padding: 'same' },
    offset: [1, 0],
    outputShape: [6, 5, 2],
  },
  // Rows: ceil(7 / 2) = 4 outputs, (4 - 1) 2 + 3 - 7 = 2 zeros; columns: ceil(6 / 2) = 3 outputs, 1 zero.
  'same, stride 2': {
    shape: [7, 6, 2],
    options: { filters: 3, kernel: 3, stride: 2, padding: 'same' },
    offset: [1, 0],
    outputShape: [4, 3, 3],
  },
  'squares of 2x2 outputs': {
    shape: [4, 6, 9],
    options: { filters: 8, kernel: 3, padding: 1 },
    offset: [1, 1],
    outputShape: [4, 6, 8],
  },
  'squares that the image ends within': {
    shape: [7, 9, 8],
    options: { filters: 9, kernel: 3 },
    offset: [0, 0],
    outputShape: [5, 7, 9],
  },
  'squares, padding 2': {
    shape: [4, 3, 8],
    options: { filters: 8, kernel: 3, padding: 2 },
    offset: [2, 2],
    outputShape: [6, 5, 8],
  },
}

/** What is too large for differences in every number. */
const largeCases: Readonly<Record<string, Case>> = {
  // 24 x 24 x 441 numbers of columns: two blocks of lines for each image.
  'several blocks of columns': {
    shape: [24, 24, 1],
    options: { filters: 2, kernel: 21, padding: 10 },
    offset: [10, 10],
    outputShape: [24, 24, 2],
  },
  // 24 x 11 squares, of which 128 make a block.
  'several blocks of squares': {
    shape: [47, 21, 60],
    options: { filters: 58, kernel: 3, padding: 1 },
    offset: [1, 1],
    outputShape: [47, 21, 58],
  },
}

const asPair = (value: number | readonly [number, number]): readonly number[] =>
  typeof value === 'number' ? [value, value] : value

function expectTextbook({ shape, options, offset, outputShape }: Case, rows: number): void {
  const alone = layAlone(conv2d(options), shape, { rows })
  alone.forward()
  const expected = textbook(alone.input, alone.tensors.weight, alone.tensors.bias, {
    rows,
    shape,
    kernel: asPair(options.kernel),
    stride: asPair(options.stride ?? 1),
    offset,
    outputShape,
  })
  expect(alone.outputShape).toEqual(outputShape)
  expect(alone.output.length).toBe(expected.length)
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - alone.output[i])), 0)
  expect(worst).toBeLessThan(1e-12)
}

describe.each(Object.entries(cases))('conv2d %s', (_name, each) => {
  const layer = conv2d(each.options)

  it.each([3, 1])('is the textbook sum, %d rows', (rows) => expectTextbook(each, rows))

  it.each([
    { rows: 2, capacity: 2 },
    { rows: 1, capacity: 3 },
  ])('has the gradients of finite differences, $rows of $capacity rows', (sizes) => {
    expectGradients(layer, each.shape, sizes)
  })

  it('is the same in f32', () => expectSameInF32(layer, each.shape, { rows: 2 }))
})

describe.each(Object.entries(largeCases))('conv2d %s', (_name, each) => {
  const layer = conv2d(each.options)

  it('is the textbook sum', () => expectTextbook(each, 1))

  // It is linear in the input and in the weights: a gradient says what it makes of any other.
  it.each(['input', 'weight'] as const)('has the gradient by its %s that is its transpose', (name) => {
    const alone = layAlone(layer, each.shape, { rows: 2 })
    alone.tensors.bias.fill(0)
    alone.both()
    const [array, gradient] =
      name === 'input'
        ? [alone.input, alone.inputGradient]
        : [alone.tensors.weight, alone.tensorGradients.weight]
    const weights = Array.from(alone.outputGradient)
    for (const seed of [21, 22, 23]) {
      array.set(sequence(array.length, seed))
      alone.forward()
      const expected = weights.reduce((sum, value, index) => sum + value * alone.output[index], 0)
      const got = Array.from(array).reduce((sum, value, index) => sum + value * gradient[index], 0)
      expect(Math.abs(got - expected)).toBeLessThan(1e-11 * Math.sqrt(array.length))
    }
  })

  it('is the same in f32', () => expectSameInF32(layer, each.shape, { rows: 2 }))
})

describe('conv2d', () => {
  it('joins the activation that follows', () => {
    const layers = [conv2d({ filters: 3, kernel: 2 }), tanh()]
    const [alone] = layers.map((layer) => layer.lay([3, 3, 2]))
    const joined = alone.withActivation?.({ name: 'tanh' })
    expect(joined?.backwardReads).toEqual(['input', 'output'])
    expect(joined?.withActivation).toBeUndefined()
    for (const rows of [3, 1])
      expectGradients({ name: 'both', lay: () => joined ?? alone }, [3, 3, 2], { rows })
  })

  it('refuses what is out of range, with the value', () => {
    expect(() => conv2d({ filters: 0, kernel: 3 })).toThrow(
      new RangeError('conv2d: filters must be a whole number in [1, ∞), got 0'),
    )
    expect(() => conv2d({ filters: 1, kernel: [3, 1.5] })).toThrow(
      'conv2d: kernel must be a whole number in [1, ∞), got 1.5',
    )
    expect(() => conv2d({ filters: 1, kernel: 3, stride: 0 })).toThrow(
      'conv2d: stride must be a whole number in [1, ∞), got 0',
    )
    expect(() => conv2d({ filters: 1, kernel: 3, padding: [0, -1] })).toThrow(
      'conv2d: padding must be a whole number in [0, ∞), got -1',
    )
    expect(() => conv2d({ filters: 1, kernel: 3 }).lay([8])).toThrow(
      'conv2d: samples must be images [rows, columns, channels], got [8]',
    )
    expect(() => conv2d({ filters: 1, kernel: [3, 5], padding: [0, 1] }).lay([4, 2, 1])).toThrow(
      'conv2d: kernel must fit into images of [4, 2] with padding [0, 1], got [3, 5]',
    )
  })

  it('says how many inputs reach an output, and outputs an input', () => {
    const { tensors } = conv2d({ filters: 5, kernel: [2, 3] }).lay([4, 4, 7])
    expect(tensors[0]).toEqual({
      name: 'weight',
      shape: [2, 3, 7, 5],
      init: 'weights',
      fanIn: 42,
      fanOut: 30,
    })
  })

  it('needs scratch that grows with neither the batch nor the image', () => {
    const scratch = (kernel: number, size: number, rows: number): number => {
      const asked: number[] = []
      const arena = { array: () => 0, integers: () => 0, mask: () => 0, product: () => {} }
      const laid = conv2d({ filters: 8, kernel, padding: 'same' }).lay([size, size, 16])
      laid.place({ ...arena, scratch: (length) => asked.push(length) }, rows, true)
      return Math.max(...asked)
    }
    expect(scratch(5, 4, 1)).toBe(16 * 25 * 16)
    for (const [size, rows] of [
      [32, 64],
      [64, 1000],
      [200, 2],
    ]) {
      expect(scratch(5, size, rows)).toBeLessThanOrEqual(131_072)
      expect(scratch(3, size, rows)).toBeLessThanOrEqual(262_144 + 32 * 8 * 16 + 64 * 80)
    }
  })
})
