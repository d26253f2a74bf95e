import { guarded, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVectorSpace, createWorkspace, type Precision } from './index.ts'

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

describe.each<Precision>(['f64', 'f32'])('vectors of %s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })

  function spaceWith(length: number, count: number) {
    const own = createWorkspace({ bytes: 1 << 21 })
    const space = createVectorSpace(length, { precision, workspace: own, capacity: 48 })
    const arrays = Array.from({ length: count }, (_, index) =>
      guarded(own, precision, sequence(length, index + 1)),
    )
    return {
      space,
      vectors: arrays.map(({ values }) => values),
      copies: arrays.map(({ values }) => values.slice()),
      intact: () => arrays.every((array) => array.intact()),
    }
  }

  it('combine: the textbook sum, bit for bit, into another vector or the first', () => {
    fc.assert(
      fc.property(lengths, counts, fc.boolean(), (length, count, inPlace) => {
        const { space, vectors, copies, intact } = spaceWith(length, count + 1)
        const coefficients = sequence(count, 99)
        const out = vectors[inPlace ? 0 : count]
        const expected = textbookSum(coefficients, copies.slice(0, count), out)
        space.combine(coefficients, vectors as never, count, out as never)
        expect(out).toEqual(expected)
        for (const [index, vector] of vectors.entries()) {
          if (vector !== out) expect(vector).toEqual(copies[index])
        }
        expect(intact()).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('products: the textbook sums, bit for bit', () => {
    fc.assert(
      fc.property(lengths, counts, (length, count) => {
        const { space, vectors, copies, intact } = spaceWith(length, count + 2)
        const [a, b] = vectors.slice(count)
        const out = new Float64Array(2 * count + 1).fill(7)
        space.products(vectors as never, count, a as never, b as never, out)
        const expected = vectors
          .slice(0, count)
          .flatMap((vector) => [textbookProduct(vector, a), textbookProduct(vector, b)])
        expect([...out]).toEqual([...expected, 7])
        expect(vectors).toEqual(copies)
        expect(intact()).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('measure: the product and the largest size, NaN wherever there is one', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), fc.constantFrom(0, -0, 2, -3, Infinity, NaN), (length, seed, odd) => {
        const { space, vectors, intact } = spaceWith(length, 2)
        const [a, b] = vectors
        if (length > 0) a[seed % length] = odd
        const out = new Float64Array(2)
        space.measure(a as never, b as never, out)
        expect([...out]).toEqual([textbookProduct(a, b), Math.max(0, ...Array.from(a, Math.abs))])
        space.measure(a as never, a as never, out)
        expect(out[0]).toBe(textbookProduct(a, a))
        expect(intact()).toBe(true)
      }),
    )
  })

  it.each([false, true])('copy, in memory that is shared: %s', (shared) => {
    for (const length of [0, 1, 2, 3, 66, 67]) {
      const own = createWorkspace({ bytes: 1 << 16, shared })
      const space = createVectorSpace(length, { precision, workspace: own, capacity: 1 })
      const [from, to] = [1, 2].map((seed) => guarded(own, precision, sequence(length, seed)))
      space.copy(from.values as never, to.values as never)
      expect(to.values).toEqual(from.values)
      expect([from.intact(), to.intact()]).toEqual([true, true])
    }
  })

  it('makes vectors of zeros in its own memory, and knows their precision', () => {
    const space = createVectorSpace(5, { precision })
    const vectors = Array.from({ length: 28 }, () => space.create())
    expect(vectors[27]).toEqual(precision === 'f64' ? new Float64Array(5) : new Float32Array(5))
    expect(vectors[27].buffer).toBe(space.workspace.memory.buffer)
    const round = (x: number): number => (precision === 'f64' ? x : Math.fround(x))
    expect(round(1 + space.epsilon)).toBeGreaterThan(1)
    expect(round(1 + space.epsilon / 2)).toBe(1)
  })

  it.each(['of another length', 'of another precision', 'in other memory', 'absent'])(
    'refuses a vector %s in any place',
    (kind) => {
      const space = createVectorSpace(6, { precision, workspace })
      const name = precision === 'f64' ? 'Float64Array' : 'Float32Array'
      const [vector, found] = {
        'of another length': [workspace[precision](5), 'one of length 5'] as const,
        'of another precision': [workspace.i32(6), 'Int32Array'] as const,
        'in other memory': [space.create().slice(), 'one in other memory'] as const,
        absent: [undefined, 'Undefined'] as const,
      }[kind as 'absent']
      const wrong = vector as never
      const right = space.create() as never
      const out = new Float64Array(4)
      const message = (operation: string, place: string): TypeError =>
        new TypeError(
          `vector space: ${operation}: ${place} must be a ${name} of length 6 in the space's workspace, got ${found}`,
        )
      expect(() => space.copy(wrong, right)).toThrow(message('copy', 'from'))
      expect(() => space.copy(right, wrong)).toThrow(message('copy', 'to'))
      expect(() => space.combine(out, [right, wrong], 2, right)).toThrow(message('combine', 'each vector'))
      expect(() => space.combine(out, [right], 1, wrong)).toThrow(message('combine', 'out'))
      expect(() => space.products([wrong], 1, right, right, out)).toThrow(message('products', 'each vector'))
      expect(() => space.products([right], 1, wrong, right, out)).toThrow(message('products', 'a'))
      expect(() => space.products([right], 1, right, wrong, out)).toThrow(message('products', 'b'))
      expect(() => space.measure(wrong, right, out)).toThrow(message('measure', 'a'))
      expect(() => space.measure(right, wrong, out)).toThrow(message('measure', 'b'))
    },
  )
})

it('refuses lists that are too long, and an output that is read after it is written', () => {
  const space = createVectorSpace(3, { capacity: 2 })
  const [x, y] = [space.create(), space.create()]
  const out = new Float64Array(6)
  const range = 'count must be a whole number in [0, 2], got'
  expect(() => space.combine(out, [x, x, x], 3, y)).toThrow(
    new RangeError(`vector space: combine: ${range} 3`),
  )
  expect(() => space.products([x], 0.5, x, y, out)).toThrow(
    new RangeError(`vector space: products: ${range} 0.5`),
  )
  expect(() => space.combine(out, [x, y], 2, y)).toThrow(
    new RangeError('vector space: combine: out may be vectors[0], got vectors[1]'),
  )
})

it.each([
  [{ length: -1 }, 'length must be a whole number in [0, ∞), got -1'],
  [{ length: 1.5 }, 'length must be a whole number in [0, ∞), got 1.5'],
  [{ length: 1, capacity: 0 }, 'capacity must be a whole number in [1, ∞), got 0'],
  [{ length: 1, precision: 'f16' }, "precision must be 'f64' or 'f32', got 'f16'"],
])('refuses %j', ({ length, ...options }, message) => {
  expect(() => createVectorSpace(length, options as never)).toThrow(
    new RangeError(`createVectorSpace: ${message}`),
  )
})

it('works on addresses from 2 GiB on, and has fewer vectors by default where 4 GiB hold no more', () => {
  const workspace = createWorkspace({ bytes: 2 ** 31 + 2 ** 22 })
  workspace.f64(2 ** 28 - 1000)
  const space = createVectorSpace(3000, { workspace })
  const [x, y] = [space.create().fill(2), space.create().fill(3)]
  expect(y.byteOffset).toBeGreaterThan(2 ** 31)
  const out = new Float64Array(2)
  space.combine(Float64Array.of(2, 1), [x, y], 2, x)
  expect(x.every((value) => value === 7)).toBe(true)
  space.products([x], 1, x, y, out)
  expect([...out]).toEqual([3000 * 49, 3000 * 21])
  space.measure(x, y, out)
  expect([...out]).toEqual([3000 * 21, 7])
  expect(createVectorSpace(2 ** 27 - 100_000).create()).toHaveLength(2 ** 27 - 100_000)
})
