import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQuasiDefinite } from './quasi-definite.ts'
import { denseSolve, dot, type Matrix } from './textbook.suite.ts'

/** Random blocks: E = A A' + I / 2, N, H = F F' of rank about k / 2. */
function blocks(k: number, seed: number): { e: Matrix; n: Matrix; h: Matrix } {
  const numbers = sequence(3 * k * k, seed)
  const square = (at: number) =>
    Array.from({ length: k }, (_, i) => Array.from(numbers.subarray(at + i * k, at + i * k + k)))
  const a = square(0)
  const f = square(2 * k * k).map((row) => row.slice(0, (k + 1) >> 1))
  return {
    e: a.map((row, i) => a.map((other, j) => dot(row, other) + (i === j ? 0.5 : 0))),
    n: square(k * k),
    h: f.map((row) => f.map((other) => dot(row, other))),
  }
}

describe('a quasi-definite matrix', () => {
  it('solves, and gives v K^-1 w from two forward passes, as elimination does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 2 }),
        fc.nat(),
        (k, spare, seed) => {
          const { e, n, h } = blocks(k, seed)
          const order = k + spare
          const factored = createQuasiDefinite(order)
          const { matrix, stride } = factored
          // what is above the diagonal is not read
          matrix.fill(Number.NaN)
          for (let i = 0; i < k; i++) {
            for (let j = 0; j < k; j++) {
              if (j <= i) matrix[i * stride + j] = -e[i][j]
              matrix[(k + i) * stride + j] = n[i][j]
              if (j <= i) matrix[(k + i) * stride + k + j] = h[i][j]
            }
          }
          expect(factored.factor(k)).toBe(true)
          const top = e.map((row, i) => [...row.map((value) => -value), ...n.map((other) => other[i])])
          const dense = [...top, ...n.map((row, i) => [...row, ...h[i]])]
          const [v, w] = [sequence(2 * k, seed + 1), sequence(2 * k, seed + 2)]
          const expected = denseSolve(dense, Array.from(w))
          const size = Math.max(...expected.map(Math.abs))
          const solved = w.slice()
          factored.solve(solved)
          for (let i = 0; i < 2 * k; i++) expect(Math.abs(solved[i] - expected[i])).toBeLessThan(1e-9 * size)
          const scale = dot(v.map(Math.abs), expected.map(Math.abs))
          factored.forward(v)
          factored.forward(w)
          expect(Math.abs(factored.product(v, w) - dot(sequence(2 * k, seed + 1), expected))).toBeLessThan(
            1e-9 * scale,
          )
        },
      ),
    )
  })

  it('is refused where E or the Schur complement is not positive definite, or not a number', () => {
    const factors = (e: number, n: number, h: number): boolean => {
      const factored = createQuasiDefinite(1)
      factored.matrix.set([-e, 0, n, h])
      return factored.factor(1)
    }
    expect(factors(1, 0, 1)).toBe(true)
    expect(factors(1, 2, 0)).toBe(true)
    expect(factors(0, 0, 1)).toBe(false)
    expect(factors(-1, 0, 1)).toBe(false)
    expect(factors(1, 0, 0)).toBe(false)
    expect(factors(Number.NaN, 0, 1)).toBe(false)
    expect(factors(1, Number.NaN, 1)).toBe(false)
    expect(factors(1, 0, Infinity)).toBe(false)
  })
})
