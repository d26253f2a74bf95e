import { describe, expect, it } from 'vitest'
import {
  batchNorm,
  conv2d,
  createModel,
  dense,
  flatten,
  gelu,
  layerNorm,
  relu,
  residual,
  sigmoid,
  tanh,
} from './index.ts'
import { expectGradients, expectSameInF32, layAlone } from './layer.suite.ts'
import { expectModelGradient, expectSameModelInF32 } from './model.suite.ts'

/** x W + b of rows of x. */
function affine(x: number[][], weight: ArrayLike<number>, bias: ArrayLike<number>): number[][] {
  return x.map((row) =>
    Array.from(bias, (start, unit) =>
      row.reduce((sum, value, input) => sum + value * weight[input * bias.length + unit], start),
    ),
  )
}

const rowsOf = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column]),
  )

describe('is the textbook sum', () => {
  it('of the input and its layers', () => {
    const layer = residual([dense(4), tanh(), dense(6)])
    const { input, output, tensors, forward } = layAlone(layer, [6], { rows: 3, capacity: 5 })
    forward()
    const x = rowsOf(input, 6)
    const hidden = affine(x, tensors['dense1.weight'], tensors['dense1.bias'])
    const branch = affine(
      hidden.map((row) => row.map(Math.tanh)),
      tensors['dense2.weight'],
      tensors['dense2.bias'],
    )
    x.flat().forEach((value, index) => {
      expect(output[index]).toBeCloseTo(value + branch.flat()[index], 13)
    })
  })

  it('of a shortcut and its layers', () => {
    const layer = residual([relu(), dense(3)], [dense(3)])
    const { input, output, tensors, forward } = layAlone(layer, [5], { rows: 4 })
    forward()
    const x = rowsOf(input, 5)
    const branch = affine(
      x.map((row) => row.map((value) => Math.max(value, 0))),
      tensors['dense1.weight'],
      tensors['dense1.bias'],
    )
    const shortcut = affine(x, tensors['shortcut.dense1.weight'], tensors['shortcut.dense1.bias'])
    shortcut.flat().forEach((value, index) => {
      expect(output[index]).toBeCloseTo(value + branch.flat()[index], 13)
    })
  })
})

const alone = [
  ['one layer', residual([dense(6)]), [6]],
  ['an odd and an even number of layers', residual([dense(3), tanh(), gelu(), dense(6)]), [6]],
  ['a branch that starts and ends in place', residual([tanh(), dense(6), sigmoid()]), [6]],
  ['a branch of one activation', residual([tanh()]), [6]],
  ['a branch that widens', residual([dense(30), gelu(), dense(6)]), [6]],
  ['a shortcut to fewer', residual([dense(3), tanh()], [dense(3)]), [6]],
  ['a shortcut to more', residual([dense(9), gelu()], [dense(4), tanh(), dense(9)]), [6]],
  ['a residual in a residual', residual([dense(6), residual([tanh(), dense(6)]), tanh()]), [6]],
  ['a residual as the shortcut', residual([dense(6)], [residual([tanh()])]), [6]],
  [
    'images',
    residual(
      [batchNorm(), tanh(), conv2d({ filters: 4, kernel: 3, stride: 2, padding: 1 })],
      [conv2d({ filters: 4, kernel: 1, stride: 2 })],
    ),
    [5, 6, 2],
  ],
] as const

describe.each(alone)('%s', (_name, layer, shape) => {
  it.each([2, 4])('has the gradient of finite differences, %d rows', (rows) => {
    expectGradients(layer, shape, { rows, capacity: 5 })
  })

  it('is the same in f32 to 1e-5', () => expectSameInF32(layer, shape, { rows: 4 }))
})

const models = [
  ['first', [residual([dense(5), tanh()]), dense(3)], [5]],
  ['first, with a shortcut', [residual([dense(4), tanh()], [dense(4)]), dense(3)], [5]],
  ['last', [dense(3), residual([gelu(), dense(3)])], [5]],
  ['before a relu in place', [dense(4), residual([layerNorm(), dense(4)]), relu(), dense(3)], [5]],
  ['two after one another', [residual([dense(5), tanh()]), residual([dense(5), gelu()]), dense(3)], [5]],
  [
    'with running statistics',
    [
      conv2d({ filters: 3, kernel: 3, padding: 'same' }),
      residual([batchNorm(), tanh(), conv2d({ filters: 3, kernel: 3, padding: 'same' })]),
      flatten(),
      dense(3),
    ],
    [4, 3, 2],
  ],
] as const

describe.each(models)('in a model, %s', (_name, layers, input) => {
  it.each([
    [4, 4],
    [3, 9],
  ])('has the gradient of finite differences, %d rows of %d', (rows, batchRows) => {
    expectModelGradient({ layers, input, rows, capacity: 5, batchRows })
  })

  it('is the same in f32 to 1e-5', () => expectSameModelInF32({ layers, input, rows: 4 }))
})

it('names the tensors and statistics of both ways', () => {
  const layers = [
    dense(2),
    residual([dense(3), batchNorm(), dense(3)], [dense(3), batchNorm()]),
    residual([residual([dense(3)])]),
  ]
  const { tensors, statistics } = createModel(layers, { input: [2], precision: 'f32' })
  expect(tensors.filter(({ name }) => !name.endsWith('bias')).map(({ name }) => name)).toEqual([
    'dense1.weight',
    'residual1.dense1.weight',
    'residual1.batchNorm1.scale',
    'residual1.batchNorm1.shift',
    'residual1.dense2.weight',
    'residual1.shortcut.dense1.weight',
    'residual1.shortcut.batchNorm1.scale',
    'residual1.shortcut.batchNorm1.shift',
    'residual2.residual1.dense1.weight',
  ])
  expect(statistics.map(({ name }) => name)).toEqual([
    'residual1.batchNorm1.mean',
    'residual1.batchNorm1.variance',
    'residual1.shortcut.batchNorm1.mean',
    'residual1.shortcut.batchNorm1.variance',
  ])
})

it('refuses layers of another shape than the shortcut, and none', () => {
  expect(() => residual([dense(4)]).lay([5])).toThrow(
    new RangeError('residual: layers must give the shape of the shortcut, [5], got [4]'),
  )
  expect(() => residual([dense(5)]).lay([1, 5, 1])).toThrow('[1, 5, 1], got [5]')
  expect(() => residual([dense(4)], [dense(6)]).lay([5])).toThrow('[6], got [4]')
  expect(() => residual([])).toThrow(new RangeError('residual: layers must be 1 layer or more, got 0'))
})
