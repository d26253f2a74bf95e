import { sequence } from '@thalweg/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOrthogonalization } from './newton-schulz.ts'
import type { Vector } from './runtime/tensors.ts'

const [a, b, c] = [3.4445, -4.775, 2.0315]

/** What the kernels make of a matrix, row by row. */
function orthogonalized(x: Vector, rows: number, columns: number, iterations = 5): Vector {
  const { matrix, run } = createOrthogonalization(x, rows, columns, iterations)
  matrix.set(x)
  run()
  return matrix.slice()
}

/** The same by the textbook: X (a + b X^T X + c (X^T X)^2), in f64, always from the right. */
function textbook(x: Vector, rows: number, columns: number, iterations = 5): Float64Array {
  const norm = Math.max(Math.hypot(...x), 1e-7)
  let current = Float64Array.from(x, (value) => value / norm)
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gram = product(transposed(current, rows, columns), current, columns, rows, columns)
    const square = product(gram, gram, columns, columns, columns)
    const polynomial = gram.map((value, index) => {
      const one = index % (columns + 1) === 0 ? 1 : 0
      return a * one + b * value + c * square[index]
    })
    current = product(current, polynomial, rows, columns, columns)
  }
  return current
}

function product(x: Vector, y: Vector, m: number, k: number, n: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0
    for (let inner = 0; inner < k; inner++) sum += x[Math.floor(at / n) * k + inner] * y[inner * n + (at % n)]
    return sum
  })
}

function transposed(x: Vector, rows: number, columns: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(x, (_, at) => x[(at % rows) * columns + Math.floor(at / rows)])
}

function farthest(one: ArrayLike<number>, other: ArrayLike<number>): number {
  expect(one.length).toBe(other.length)
  return Math.max(...Array.from(one, (value, index) => Math.abs(value - other[index])))
}

/** What becomes of the first of two singular values, whose matrix has norm 1 already. */
function becomes(value: number, iterations = 5): number {
  const x = Float64Array.of(value, 0, 0, Math.sqrt(1 - value ** 2))
  const [first, upper, lower] = orthogonalized(x, 2, 2, iterations)
  expect([upper, lower]).toEqual([0, 0])
  return first
}

describe('singular values', () => {
  const between = (low: number) =>
    fc
      .double({ min: Math.log(low), max: 0, noNaN: true })
      .map((logarithm) => Math.min(Math.exp(logarithm), 1))

  it('from 0.01 to 1 come to [0.68, 1.14] in five iterations', () => {
    fc.assert(
      fc.property(between(0.01), (value) => {
        const result = becomes(value)
        expect(result).toBeGreaterThan(0.68)
        expect(result).toBeLessThan(1.14)
      }),
      { numRuns: 200 },
    )
  })

  it('from 0.001 to 1 come to [0.47, 1.21] in five iterations', () => {
    fc.assert(
      fc.property(between(0.001), (value) => {
        const result = becomes(value)
        expect(result).toBeGreaterThan(0.47)
        expect(result).toBeLessThan(1.21)
      }),
      { numRuns: 200 },
    )
  })

  it('move by a x + b x^3 + c x^5 in each iteration', () => {
    let expected = 0.2
    for (let iterations = 1; iterations <= 5; iterations++) {
      expected = a * expected + b * expected ** 3 + c * expected ** 5
      expect(becomes(0.2, iterations)).toBeCloseTo(expected, 12)
    }
  })

  it('keep their directions: an orthogonal matrix around leaves the result around', () => {
    const [cosine, sine] = [Math.cos(0.7), Math.sin(0.7)]
    const turn = Float64Array.of(cosine, -sine, sine, cosine)
    const x = sequence(10, 4)
    const around = orthogonalized(product(turn, x, 2, 2, 5), 2, 5)
    expect(farthest(around, product(turn, orthogonalized(x, 2, 5), 2, 2, 5))).toBeLessThan(1e-12)
  })
})

describe('kernels = textbook', () => {
  const sizes = [
    [1, 1],
    [1, 9],
    [9, 1],
    [2, 2],
    [3, 7],
    [16, 5],
    [17, 33],
    [40, 40],
    [64, 20],
  ] as const

  it.each(sizes)('f64, %d x %d, to 1e-12', (rows, columns) => {
    const x = sequence(rows * columns, rows)
    expect(farthest(orthogonalized(x, rows, columns), textbook(x, rows, columns))).toBeLessThan(1e-12)
  })

  it.each(sizes)('f32, %d x %d, to 1e-4', (rows, columns) => {
    const x = Float32Array.from(sequence(rows * columns, rows))
    expect(farthest(orthogonalized(x, rows, columns), textbook(x, rows, columns))).toBeLessThan(1e-4)
  })

  it.each(sizes)(
    'f64, %d x %d: a transposed matrix gives the transposed result, to 1e-12',
    (rows, columns) => {
      const x = sequence(rows * columns, 3)
      const other = orthogonalized(transposed(x, rows, columns), columns, rows)
      expect(farthest(other, transposed(orthogonalized(x, rows, columns), rows, columns))).toBeLessThan(1e-12)
    },
  )
})

describe('edges', () => {
  it('zeros stay zeros, and what is smaller than 1e-7 is not blown up to norm 1', () => {
    expect([...orthogonalized(new Float64Array(6), 2, 3)]).toEqual([0, 0, 0, 0, 0, 0])
    expect(orthogonalized(Float64Array.of(1e-12), 1, 1)[0]).toBeCloseTo(1e-5 * a ** 5, 6)
  })

  it('the length of the matrix plays no part', () => {
    const x = sequence(12, 8)
    const large = orthogonalized(
      x.map((value) => value * 1024),
      3,
      4,
    )
    expect(large).toEqual(orthogonalized(x, 3, 4))
  })

  it('may run again and again', () => {
    const x = sequence(12, 8)
    const { matrix, run } = createOrthogonalization(x, 3, 4, 5)
    const results = [0, 1].map(() => {
      matrix.set(x)
      run()
      return matrix.slice()
    })
    expect(results[1]).toEqual(results[0])
  })
})
