import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arraySpace } from './array-space.ts'

type Vector = Float64Array | Float32Array

/** out = sum of coefficients[i] vectors[i] in f64, from left to right, rounded at the end to what `like` holds. */
function textbookSum(coefficients: ArrayLike<number>, vectors: readonly Vector[], like: Vector): Vector {
  return like.map((_, place) =>
    vectors.length === 0
      ? 0
      : vectors.map((vector, index) => coefficients[index] * vector[place]).reduce((a, b) => a + b),
  )
}

/** The sum of v_i a_i over blocks of 1024: each is the sum at even places plus that at odd ones. */
function textbookProduct(v: Vector, a: Vector): number {
  let sum = 0
  for (let start = 0; start < v.length; start += 1024) {
    const parts = [0, 0]
    for (let i = start; i < Math.min(start + 1024, v.length); i++) parts[i % 2] += v[i] * a[i]
    sum += parts[0] + parts[1]
  }
  return sum
}

const lengths = fc.oneof(fc.integer({ min: 0, max: 67 }), fc.constantFrom(1000, 1023, 1024, 1025, 2047, 2563))
const counts = fc.integer({ min: 0, max: 41 })

describe.each(['f64', 'f32'] as const)('arrays of %s', (precision) => {
  const type = precision === 'f64' ? Float64Array : Float32Array

  function vectorsOf(length: number, count: number): Vector[] {
    return Array.from({ length: count }, (_, index) => type.from(sequence(length, index + 1)))
  }

  it('combine: the textbook sum, bit for bit, into another vector or the first', () => {
    fc.assert(
      fc.property(lengths, counts, fc.boolean(), (length, count, inPlace) => {
        const vectors = vectorsOf(length, count + 1)
        const copies = vectors.map((vector) => vector.slice())
        const coefficients = sequence(count, 99)
        const out = vectors[inPlace ? 0 : count]
        arraySpace(length, precision).combine(coefficients, vectors as never, count, out as never)
        expect(out).toEqual(textbookSum(coefficients, copies.slice(0, count), out))
        for (const [index, vector] of vectors.entries()) {
          if (vector !== out) expect(vector).toEqual(copies[index])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('products: the textbook sums, bit for bit', () => {
    fc.assert(
      fc.property(lengths, counts, (length, count) => {
        const vectors = vectorsOf(length, count + 2)
        const [a, b] = vectors.slice(count)
        const out = new Float64Array(2 * count + 1).fill(7)
        arraySpace(length, precision).products(vectors as never, count, a as never, b as never, out)
        const expected = vectors
          .slice(0, count)
          .flatMap((vector) => [textbookProduct(vector, a), textbookProduct(vector, b)])
        expect([...out]).toEqual([...expected, 7])
      }),
      { numRuns: 60 },
    )
  })

  it('measure: the product and the largest size, NaN wherever there is one', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), fc.constantFrom(0, -0, 2, -3, Infinity, NaN), (length, seed, odd) => {
        const [a, b] = vectorsOf(length, 2)
        if (length > 0) a[seed % length] = odd
        const out = new Float64Array(2)
        arraySpace(length, precision).measure(a as never, b as never, out)
        expect([...out]).toEqual([textbookProduct(a, b), Math.max(0, ...Array.from(a, Math.abs))])
      }),
    )
  })

  it('makes vectors of zeros, copies them, and knows their precision', () => {
    const space = arraySpace(5, precision)
    const [x, y] = [space.create(), space.create()]
    expect(x).toEqual(new type(5))
    y.set([1, 2, 3, 4, 5])
    space.copy(y as never, x as never)
    expect(x).toEqual(y)
    const round = (value: number): number => type.of(value)[0]
    expect(round(1 + space.epsilon)).toBeGreaterThan(1)
    expect(round(1 + space.epsilon / 2)).toBe(1)
  })
})

it('refuses a length or precision out of range', () => {
  expect(() => arraySpace(-1)).toThrow(
    new RangeError('arraySpace: length must be a whole number in [0, ∞), got -1'),
  )
  expect(() => arraySpace(1, 'f16' as never)).toThrow(
    new RangeError("arraySpace: precision must be 'f64' or 'f32', got 'f16'"),
  )
})
