import { describe, expect, it } from 'vitest'
import { leakyRelu, relu, tanh } from './activations.ts'
import { averagePool } from './average-pool.ts'
import { batchNorm } from './batch-norm.ts'
import { conv2d } from './conv2d.ts'
import { dense } from './dense.ts'
import { flatten } from './flatten.ts'
import type { Layer } from './layer.ts'
import { maxPool } from './max-pool.ts'
import { expectModelGradient, expectSameModelInF32, type SetUpOptions, setUpModel } from './model.suite.ts'
import type { Shape } from './shape.ts'

const classes = 3

interface Net {
  readonly input: Shape
  readonly layers: readonly Layer[]
}

const nets: Readonly<Record<string, Net>> = {
  'conv, bn, relu, pool, conv, dense': {
    input: [7, 6, 2],
    layers: [
      conv2d({ filters: 5, kernel: 3, padding: 1 }),
      batchNorm(),
      relu(),
      maxPool({ size: 2 }),
      conv2d({ filters: 4, kernel: 2 }),
      dense(classes),
    ],
  },
  'stride 2 and 1x1, pools that overlap': {
    input: [9, 11, 3],
    layers: [
      conv2d({ filters: 4, kernel: [3, 2], stride: 2, padding: 2 }),
      tanh(),
      maxPool({ size: 3, stride: 1 }),
      conv2d({ filters: 3, kernel: 1 }),
      leakyRelu(),
      averagePool({ size: [2, 1] }),
      flatten(),
      dense(classes),
    ],
  },
  'residual-like stack, same, average over the image': {
    input: [5, 4, 1],
    layers: [
      conv2d({ filters: 6, kernel: 3, padding: 'same' }),
      batchNorm({ momentum: 0.5 }),
      conv2d({ filters: 6, kernel: 1, stride: 2 }),
      batchNorm(),
      tanh(),
      averagePool({ size: [3, 2] }),
      dense(classes),
    ],
  },
  'batch normalisation of features, first and between': {
    input: [6],
    layers: [batchNorm(), dense(5), batchNorm(), relu(), dense(classes)],
  },
  'pool first, convolution last': {
    input: [4, 5, 2],
    layers: [averagePool({ size: 2, stride: 1 }), tanh(), conv2d({ filters: classes, kernel: [3, 4] })],
  },
}

/** Running statistics as after some training. */
const prepare: SetUpOptions['prepare'] = ({ weights }) => weights.statistics.fill(0.9)

describe.each(Object.entries(nets))('%s', (_name, net) => {
  it.each([
    { rows: 4, mode: 'train' },
    { rows: 2, capacity: 5, mode: 'train' },
    { rows: 2, batchRows: 6, mode: 'train' },
    { rows: 3, mode: 'evaluate' },
  ] as const)('has the gradient of finite differences, %o', (sizes) => {
    expectModelGradient({ ...net, ...sizes, prepare })
  })

  it('f32 equals f64 to 1e-5', () => expectSameModelInF32({ ...net, rows: 4, prepare }))

  it('computes the same twice, and the same without room for gradients', () => {
    const [all, small] = [true, false].map((gradients) =>
      setUpModel({ ...net, rows: 3, mode: 'evaluate', gradients, prepare }),
    )
    for (const each of [all, small]) each.forward()
    expect(Array.from(small.batch.predictions)).toEqual(Array.from(all.batch.predictions))
    const [first, second] = [1, 2].map(() => {
      all.both()
      return Array.from(all.weights.gradient)
    })
    expect(second).toEqual(first)
  })
})
