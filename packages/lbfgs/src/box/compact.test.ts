import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCompact } from './compact.ts'
import { addTimes, rowOf, timesTransposed } from './pairs-matrix.ts'
import { createRowProducts } from './row-products.ts'
import { bfgsMatrix, dot, pairsOf, randomProblem } from './textbook.suite.ts'

const shapes = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  pairs: fc.integer({ min: 1, max: 7 }),
  memory: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
})
const problemOf = (shape: { n: number; pairs: number; memory: number; seed: number }) =>
  randomProblem({ ...shape, open: 0, fixed: 0, atBound: 0, tied: 0, flat: 0 })

describe('the compact representation', () => {
  it('is the matrix of the BFGS formula', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { pairs } = problemOf(shape)
        const { n, memory } = shape
        const compact = createCompact(memory)
        expect(compact.factor(pairs)).toBe(true)
        const expected = bfgsMatrix(pairs, n)
        const size = Math.max(...expected.flat().map(Math.abs))
        const passes = Array.from({ length: n }, (_, i) => {
          const row = new Float64Array(2 * memory)
          rowOf(pairs, i, row)
          compact.forward(row)
          return row
        })
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            const entry = (i === j ? pairs.theta : 0) - compact.product(passes[i], passes[j])
            expect(Math.abs(entry - expected[i][j])).toBeLessThan(1e-9 * size)
          }
        }
      }),
    )
  })

  it('is refused where a pair has no curvature', () => {
    const pairs = pairsOf(
      [Float64Array.of(1, 0), Float64Array.of(0, 1)],
      [Float64Array.of(0, 1), Float64Array.of(0, 1)],
      2,
    )
    expect(createCompact(2).factor(pairs)).toBe(false)
  })

  it('multiplies by W and W transposed as the columns say', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { pairs } = problemOf(shape)
        const { n, seed } = shape
        const { count, theta } = pairs
        const columns = [
          ...Array.from({ length: count }, (_, k) => Array.from(pairs.y(k))),
          ...Array.from({ length: count }, (_, k) => Array.from(pairs.s(k), (value) => theta * value)),
        ]
        const v = sequence(n, seed + 1)
        const product = new Float64Array(2 * count)
        timesTransposed(pairs, v, product)
        columns.forEach((column, k) => {
          expect(product[k]).toBeCloseTo(dot(column, v), 11)
        })
        const u = sequence(2 * count, seed + 2)
        const sum = v.slice()
        addTimes(pairs, u, sum)
        for (let i = 0; i < n; i++) {
          expect(sum[i]).toBeCloseTo(
            v[i] +
              dot(
                u,
                columns.map((column) => column[i]),
              ),
            11,
          )
        }
      }),
    )
  })
})

it('inner products over chosen rows are those of the rows, in any number of blocks', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 3, 127, 128, 129, 300),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.nat(),
      (n, count, active, seed) => {
        const vectors = (at: number) => Array.from({ length: count }, (_, k) => sequence(n, seed + at + k))
        const [s, y] = [vectors(1), vectors(10)]
        const pairs = pairsOf(s, y, count)
        const places = Uint8Array.from(sequence(n, seed), (value) => Math.floor(2 * value + 2))
        const rows = createRowProducts(4)
        rows.sum(pairs, places, active)
        rows.sum(pairs, places, active)
        const over = (a: Float64Array, b: Float64Array) =>
          dot(
            a,
            b.map((value, i) => (places[i] > 0 === active ? value : 0)),
          )
        for (let i = 0; i < count; i++) {
          for (let j = 0; j < count; j++) {
            expect(rows.yy(i, j)).toBeCloseTo(over(y[i], y[j]), 10)
            expect(rows.sy(i, j)).toBeCloseTo(over(s[i], y[j]), 10)
            expect(rows.ss(i, j)).toBeCloseTo(over(s[i], s[j]), 10)
          }
        }
      },
    ),
    { numRuns: 50 },
  )
})
