import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { addNoise, centralize, chain, momentum, sgd } from '../index.ts'

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12))

describe('centralize', () => {
  const optimizer = chain(centralize(), sgd({ learningRate: 1 }))

  it("takes each row's mean out of the gradient, and leaves a bias alone", () => {
    const w = { weight: new Float64Array(6), bias: new Float64Array(2) }
    const state = optimizer.init(w, { shapes: { weight: [2, 3], bias: [2] } })
    // Means 2 and -1.
    optimizer.step(w, { weight: Float64Array.of(1, 2, 3, -3, 0, 0), bias: Float64Array.of(1, 3) }, state)
    expect([...w.weight]).toEqual([1, 0, -1, 2, -1, -1])
    expect([...w.bias]).toEqual([-1, -3])
  })

  it('leaves a tensor without a shape alone', () => {
    const w = new Float64Array(3)
    optimizer.step(w, Float64Array.of(1, 2, 3), optimizer.init(w))
    expect([...w]).toEqual([-1, -2, -3])
  })

  it('takes [2, 2, 2] as two rows of four', () => {
    const w = new Float64Array(8)
    const state = optimizer.init(w, { shapes: { parameters: [2, 2, 2] } })
    optimizer.step(w, Float64Array.of(1, 2, 3, 6, 0, 0, 0, 4), state)
    expect([...w]).toEqual([2, 1, 0, -3, 1, 1, 1, -3])
  })

  it('leaves the sum of each row of the weights as it was, of odd lengths too', () => {
    const w = sequence(7 * 13, 1)
    const sums = (values: Float64Array): number[] =>
      Array.from({ length: 7 }, (_, row) => values.subarray(13 * row, 13 * row + 13).reduce((a, b) => a + b))
    const before = sums(w)
    const state = optimizer.init(w, { shapes: { parameters: [7, 13] } })
    for (let step = 0; step < 5; step++) optimizer.step(w, sequence(7 * 13, step), state)
    expect(sums(w)).toEqual(near(before))
  })

  it('refuses matrices with the outputs last, and shapes that do not fit', () => {
    const w = new Float64Array(6)
    const shapes = { parameters: [2, 3] }
    expect(() => optimizer.init(w, { shapes, outputs: 'last' })).toThrow(TypeError)
    expect(() => optimizer.init(w, { shapes: { parameters: [2, 2] } })).toThrow(
      'the shape of parameters must multiply to 6, got [2, 2]',
    )
  })
})

describe('addNoise', () => {
  /** 1, 2, 3 ... */
  function counting(): () => number {
    let count = 0
    return () => ++count
  }

  it('adds noise of variance v / t^decay: one number a coordinate and step', () => {
    const optimizer = chain(
      addNoise({ normal: counting(), variance: 0.25, decay: 2 }),
      sgd({ learningRate: 1 }),
    )
    const w = new Float64Array(2)
    const state = optimizer.init(w)
    const zeros = new Float64Array(2)
    // Deviations 0.5 / t: 0.5 (1, 2), then 0.25 (3, 4), then 0.5 / 3 (5, 6).
    const sums = [
      [0.5, 1],
      [1.25, 2],
      [1.25 + 2.5 / 3, 3],
    ]
    for (const expected of sums) {
      optimizer.step(w, zeros, state)
      expect([...w]).toEqual(near(expected.map((value) => -value)))
    }
    expect([...zeros]).toEqual([0, 0])
  })

  it('goes through the tensors in their order', () => {
    const optimizer = chain(addNoise({ normal: counting(), variance: 1 }), sgd({ learningRate: 1 }))
    const w = { a: new Float64Array(2), b: new Float32Array(1) }
    optimizer.step(w, { a: new Float64Array(2), b: new Float32Array(1) }, optimizer.init(w))
    expect([...w.a, ...w.b]).toEqual([-1, -2, -3])
  })

  it('gives the same numbers the same way', () => {
    const path = (): Float64Array => {
      const numbers = sequence(1000, 5)
      let next = 0
      const optimizer = chain(addNoise({ normal: () => numbers[next++] }), momentum())
      const w = sequence(9, 1)
      const state = optimizer.init(w)
      for (let step = 0; step < 10; step++) optimizer.step(w, sequence(9, step), state)
      expect(next).toBe(90)
      return w
    }
    expect(path()).toEqual(path())
  })

  it('with variance 0 is not there', () => {
    const noisy = chain(addNoise({ normal: () => 1, variance: 0 }), sgd())
    const [w, plain] = [Float64Array.of(1), Float64Array.of(1)]
    noisy.step(w, Float64Array.of(2), noisy.init(w))
    sgd().step(plain, Float64Array.of(2), sgd().init(plain))
    expect(w).toEqual(plain)
  })

  it('refuses a variance below 0', () => {
    expect(() => addNoise({ normal: () => 0, variance: -1 })).toThrow(RangeError)
  })
})
