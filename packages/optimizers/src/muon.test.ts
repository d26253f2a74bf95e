import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { adamw, muon } from './index.ts'
import { createOrthogonalization } from './newton-schulz.ts'

const near = (values: ArrayLike<number>, digits = 12) =>
  Array.from(values, (value) => expect.closeTo(value, digits))

function orthogonal(values: Float64Array, rows: number, columns: number): Float64Array {
  const { matrix, run } = createOrthogonalization(values, rows, columns, 5)
  matrix.set(values)
  run()
  return Float64Array.from(matrix)
}

/** Two steps of the equations, plainly. */
function equations(nesterov: boolean, rows: number, columns: number): Float64Array {
  const [rate, mu, lambda] = [0.1, 0.9, 0.5]
  let w = sequence(rows * columns, 9)
  let velocity = new Float64Array(rows * columns)
  for (const gradient of [0, 1].map((step) => sequence(rows * columns, step))) {
    velocity = velocity.map((value, index) => mu * value + gradient[index])
    const ahead = gradient.map((value, index) => (nesterov ? value + mu * velocity[index] : velocity[index]))
    const o = orthogonal(ahead, rows, columns)
    const scale = rate * Math.sqrt(Math.max(1, rows / columns))
    w = w.map((value, index) => value - rate * lambda * value - scale * o[index])
  }
  return w
}

describe('muon', () => {
  it.each([
    [true, 2, 8],
    [true, 8, 2],
    [false, 8, 2],
    [false, 5, 5],
  ])('two steps by its equations: nesterov %s, %d x %d', (nesterov, rows, columns) => {
    const optimizer = muon({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.5, nesterov })
    const w = sequence(rows * columns, 9)
    const state = optimizer.init(w, { shapes: { parameters: [rows, columns] } })
    for (let step = 0; step < 2; step++) optimizer.step(w, sequence(rows * columns, step), state)
    expect([...w]).toEqual(near(equations(nesterov, rows, columns)))
  })

  it('takes a step on 1 x 1 by hand: 5 iterations from 1, times the rate', () => {
    let value = 1
    for (let index = 0; index < 5; index++) value = 3.4445 * value - 4.775 * value ** 3 + 2.0315 * value ** 5
    const w = Float64Array.of(2)
    const optimizer = muon({ learningRate: 0.5, weightDecay: 0.25 })
    optimizer.step(w, Float64Array.of(-7), optimizer.init(w, { shapes: { parameters: [1, 1] } }))
    expect(w[0]).toBeCloseTo(2 - 0.5 * 0.25 * 2 + 0.5 * value, 12)
  })

  it.each([
    [3, 8],
    [8, 3],
  ])('with the outputs last is the transposed problem: %d x %d', (rows, columns) => {
    const size = rows * columns
    const turned = (values: Float64Array): Float64Array<ArrayBuffer> =>
      Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)])
    const optimizer = muon({ learningRate: 0.1 })
    const first = sequence(size, 9)
    const last = turned(first)
    const states = [
      optimizer.init(first, { shapes: { parameters: [rows, columns] } }),
      optimizer.init(last, { shapes: { parameters: [columns, rows] }, outputs: 'last' }),
    ]
    for (let step = 0; step < 3; step++) {
      optimizer.step(first, sequence(size, step), states[0])
      optimizer.step(last, turned(sequence(size, step)), states[1])
    }
    expect([...last]).toEqual(near(turned(first)))
  })

  it('takes a tensor of three dimensions as a matrix of its first by the others', () => {
    const optimizer = muon()
    const [cube, matrix] = [sequence(24, 9), sequence(24, 9)]
    const cubeState = optimizer.init(cube, { shapes: { parameters: [4, 2, 3] } })
    const matrixState = optimizer.init(matrix, { shapes: { parameters: [4, 6] } })
    optimizer.step(cube, sequence(24, 1), cubeState)
    optimizer.step(matrix, sequence(24, 1), matrixState)
    expect(cube).toEqual(matrix)
  })

  it('gives vectors AdamW with beta2 0.95, the same rate and decay', () => {
    const optimizer = muon({ learningRate: 0.1, weightDecay: 0.5 })
    const vector = adamw({ learningRate: 0.1, weightDecay: 0.5, beta2: 0.95 })
    const w = { weight: sequence(6, 1), bias: sequence(3, 2) }
    const bias = w.bias.slice()
    const state = optimizer.init(w, { shapes: { weight: [2, 3] } })
    const vectorState = vector.init(bias)
    for (let step = 0; step < 4; step++) {
      optimizer.step(w, { weight: sequence(6, step), bias: sequence(3, step) }, state)
      vector.step(bias, sequence(3, step), vectorState)
    }
    expect([...w.bias]).toEqual(near(bias))
  })

  it('in f32 stays near f64', () => {
    const optimizer = muon({ learningRate: 0.02 })
    const [single, double] = [Float32Array.from(sequence(96, 9)), sequence(96, 9)]
    const shapes = { parameters: [8, 12] }
    const states = [optimizer.init(single, { shapes }), optimizer.init(double, { shapes })]
    for (let step = 0; step < 5; step++) {
      optimizer.step(single, Float32Array.from(sequence(96, step)), states[0])
      optimizer.step(double, sequence(96, step), states[1])
    }
    expect([...single]).toEqual(near(double, 5))
  })

  it('refuses parameters without a matrix, flags in a step, and iterations out of range', () => {
    const w = new Float64Array(4)
    expect(() => muon().init(w)).toThrow('muon: none of the tensors is a matrix; give their shapes to init')
    const state = muon().init(w, { shapes: { parameters: [2, 2] } })
    expect(() => muon().step(w, w, state, { nesterov: 0 })).toThrow(TypeError)
    expect(() => muon({ steps: 0 })).toThrow('muon: steps must be a whole number in [1, 100], got 0')
    expect(state.step).toBe(0)
  })

  it('goes on with its state when it is made anew with another rate', () => {
    const w = Float64Array.of(1)
    const state = muon().init(w, { shapes: { parameters: [1, 1] } })
    muon({ learningRate: 0.5 }).step(w, Float64Array.of(1), state)
    expect(state.step).toBe(1)
    expect(w[0]).toBeLessThan(0.7)
  })
})
