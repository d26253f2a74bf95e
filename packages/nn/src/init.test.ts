import { createWorkspace } from '@thalweg/kernels'
import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { batchNorm, conv2d, createModel, dense, flatten, type Init, initialize } from './index.ts'
import { orthogonal } from './orthogonal.ts'

const layers = [conv2d({ filters: 4, kernel: [3, 2] }), batchNorm(), flatten(), dense(5)]

/** Draws the same numbers whenever it is made. */
function drawing(): () => number {
  const numbers = sequence(10_000, 3)
  let next = 0
  return () => numbers[next++]
}

function initialized(init: Init, precision: 'f32' | 'f64' = 'f64') {
  const model = createModel(layers, { input: [4, 3, 2], precision })
  const weights = model.weights(createWorkspace({ bytes: 1 << 17 }))
  weights.parameters.fill(Number.NaN)
  weights.statistics.fill(Number.NaN)
  initialize(model, weights, init, drawing())
  return weights
}

// The convolution: 3 x 2 places of 2 channels to 4 filters. The dense layer: 2 x 2 places of 4 channels to 5.
describe.each([
  [{ name: 'normal', scale: 0.01 }, 0.01, 0.01],
  [{ name: 'he' }, Math.sqrt(2 / 12), Math.sqrt(2 / 16)],
  [{ name: 'xavier' }, Math.sqrt(2 / (12 + 24)), Math.sqrt(2 / (16 + 5))],
] as const)('%j', (init, convolution, full) => {
  it('scales what is drawn, tensor by tensor', () => {
    const { tensors } = initialized(init)
    const draw = drawing()
    expect([...tensors['conv2d1.weight']]).toEqual(Array.from({ length: 48 }, () => convolution * draw()))
    expect([...tensors['dense1.weight']]).toEqual(Array.from({ length: 80 }, () => full * draw()))
  })

  it('draws the same numbers in f32', () => {
    const { tensors } = initialized(init, 'f32')
    expect(tensors['dense1.weight']).toEqual(Float32Array.from(initialized(init).tensors['dense1.weight']))
  })
})

it.each([1, 1.5])('orthogonal: a matrix with a column for each output, times a gain of %d', (gain) => {
  const { tensors } = initialized(gain === 1 ? { name: 'orthogonal' } : { name: 'orthogonal', gain })
  const draw = drawing()
  for (const [name, rows, columns] of [
    ['conv2d1.weight', 12, 4],
    ['dense1.weight', 16, 5],
  ] as const) {
    const expected = orthogonal(rows, columns, draw).map((value) => gain * value)
    expect(tensors[name]).toEqual(expected)
  }
})

it('starts biases, shifts and means at 0, scales and variances at 1', () => {
  const { tensors, statistics } = initialized({ name: 'he' })
  for (const name of ['conv2d1.bias', 'batchNorm1.shift', 'dense1.bias']) {
    expect(tensors[name].every((value) => value === 0)).toBe(true)
  }
  expect([...tensors['batchNorm1.scale']]).toEqual([1, 1, 1, 1])
  expect([...statistics]).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
})

it('refuses a scale or a gain that is not above 0', () => {
  expect(() => initialized({ name: 'normal', scale: 0 })).toThrow(
    new RangeError('initialize: scale must be in (0, ∞), got 0'),
  )
  expect(() => initialized({ name: 'orthogonal', gain: Number.NaN })).toThrow(
    new RangeError('initialize: gain must be in (0, ∞), got NaN'),
  )
})
