import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { adafactor } from './index.ts'

const near = (values: ArrayLike<number>) => Array.from(values, (value) => expect.closeTo(value, 12))

describe('adafactor', () => {
  it('by hand: the first step is the RMS of w times the rate, against the sign', () => {
    // t = 1: V = g^2, U = sign(g) of RMS 1; RMS of (3, 4, 0, 0) is 2.5.
    const optimizer = adafactor({ learningRate: 0.1 })
    const w = Float64Array.of(3, 4, 0, 0)
    optimizer.step(w, Float64Array.of(0.5, -2, 1e-3, 7), optimizer.init(w))
    expect([...w]).toEqual(near([2.75, 4.25, -0.25, -0.25]))
  })

  it('by hand: two steps of one number', () => {
    const optimizer = adafactor({ learningRate: 10, clippingThreshold: 0.5, weightDecay: 0.01 })
    const w = Float64Array.of(2)
    const state = optimizer.init(w)
    // Rate min(10, 1) = 1, RMS 2, U = 1 clipped to 0.5; decay 10 x 0.01: 2 (1 - 0.1) - 2 x 0.5.
    optimizer.step(w, Float64Array.of(3), state)
    expect(w[0]).toBeCloseTo(0.8, 12)
    // V = 9 + 2^-0.8 (1 - 9), U = 1 / sqrt(V) below 0.5, rate 1 / sqrt(2).
    const u = 1 / Math.sqrt(9 - 8 * 2 ** -0.8)
    const clippedU = u / Math.max(1, u / 0.5)
    optimizer.step(w, Float64Array.of(1), state)
    expect(w[0]).toBeCloseTo(0.8 * 0.9 - (0.8 / Math.SQRT2) * clippedU, 12)
  })

  it('keeps one number a row and one a column', () => {
    const w = { matrix: new Float32Array(15), vector: new Float32Array(4) }
    const { tensors } = adafactor().init(w, { shapes: { matrix: [3, 5] } })
    expect(tensors.matrix.vectors).toEqual({ rows: new Float64Array(3), columns: new Float64Array(5) })
    expect(tensors.vector.vectors).toEqual({ variance: new Float64Array(4) })
  })

  it.each([
    [3, 5],
    [1, 6],
    [6, 1],
  ])('factored = not factored where the squares are of rank one: %d x %d', (rows, columns) => {
    const size = rows * columns
    const [ofRow, ofColumn] = [sequence(rows, 11), sequence(columns, 12)]
    const gradientAt = (step: number): Float64Array =>
      Float64Array.from(
        { length: size },
        (_, at) => (step - 2.5) * ofRow[Math.floor(at / columns)] * ofColumn[at % columns],
      )
    const optimizer = adafactor({ learningRate: 0.1 })
    const [factored, whole] = [sequence(size, 1), sequence(size, 1)]
    const factoredState = optimizer.init(factored, { shapes: { parameters: [rows, columns] } })
    const wholeState = optimizer.init(whole)
    for (let step = 0; step < 6; step++) {
      optimizer.step(factored, gradientAt(step), factoredState)
      optimizer.step(whole, gradientAt(step), wholeState)
      expect([...factored]).toEqual(near(whole))
    }
  })

  it('factored is another method where they are not', () => {
    const optimizer = adafactor({ learningRate: 0.1 })
    const [factored, whole] = [sequence(6, 1), sequence(6, 1)]
    optimizer.step(factored, sequence(6, 2), optimizer.init(factored, { shapes: { parameters: [2, 3] } }))
    optimizer.step(whole, sequence(6, 2), optimizer.init(whole))
    expect(Math.max(...factored.map((value, index) => Math.abs(value - whole[index])))).toBeGreaterThan(1e-3)
  })

  it('is the same for a matrix and its transposed', () => {
    const turned = (values: Float64Array): Float64Array<ArrayBuffer> =>
      Float64Array.from(values, (_, at) => values[(at % 3) * 4 + Math.floor(at / 3)])
    const optimizer = adafactor()
    const w = sequence(12, 1)
    const other = turned(w)
    const states = [
      optimizer.init(w, { shapes: { parameters: [3, 4] } }),
      optimizer.init(other, { shapes: { parameters: [4, 3] } }),
    ]
    for (let step = 0; step < 4; step++) {
      optimizer.step(w, sequence(12, step), states[0])
      optimizer.step(other, turned(sequence(12, step)), states[1])
    }
    expect([...other]).toEqual(near(turned(w)))
  })

  it('refuses a shape that does not fit', () => {
    const w = new Float64Array(6)
    expect(() => adafactor().init(w, { shapes: { parameters: [2, 2] } })).toThrow(RangeError)
    expect(() => adafactor({ clippingThreshold: 0 })).toThrow(RangeError)
  })
})
