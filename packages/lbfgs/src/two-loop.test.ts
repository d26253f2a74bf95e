import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arraySpace } from './array-space.ts'
import { createHistory } from './history.ts'
import { createTwoLoop } from './two-loop.ts'

type Matrix = number[][]

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, index) => sum + value * b[index], 0)

/** The textbook's inverse BFGS matrix: H <- (I - r s y') H (I - r y s') + r s s', r = 1 / y's, from H = gamma I. */
function inverseHessian(pairs: readonly { s: number[]; y: number[] }[], n: number): Matrix {
  const newest = pairs.at(-1)
  const gamma = newest ? dot(newest.s, newest.y) / dot(newest.y, newest.y) : 1
  let h: Matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? gamma : 0)),
  )
  for (const { s, y } of pairs) {
    const r = 1 / dot(s, y)
    const left = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 1 : 0) - r * s[i] * y[j]),
    )
    const half = left.map((row) =>
      h[0].map((_, j) => row.reduce((sum, value, k) => sum + value * h[k][j], 0)),
    )
    h = half.map((row, i) => left.map((other, j) => dot(row, other) + r * s[i] * s[j]))
  }
  return h
}

/** The recursion on vectors, as the books have it. */
function onVectors(pairs: readonly { s: number[]; y: number[] }[], g: readonly number[]): number[] {
  let q = [...g]
  const a: number[] = []
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y } = pairs[i]
    a[i] = dot(s, q) / dot(s, y)
    q = q.map((value, k) => value - a[i] * y[k])
  }
  const newest = pairs.at(-1)
  const gamma = newest ? dot(newest.s, newest.y) / dot(newest.y, newest.y) : 1
  q = q.map((value) => value * gamma)
  pairs.forEach(({ s, y }, i) => {
    const b = dot(y, q) / dot(s, y)
    q = q.map((value, k) => value + (a[i] - b) * s[k])
  })
  return q.map((value) => -value)
}

/** Pairs y = A s of a quadratic with the Hessian A = L L' + I, so that s'y > 0. */
const cases = fc
  .record({
    n: fc.integer({ min: 1, max: 6 }),
    memory: fc.integer({ min: 1, max: 5 }),
    given: fc.integer({ min: 0, max: 9 }),
  })
  .chain(({ n, memory, given }) => {
    const numbers = (count: number) =>
      fc.array(
        fc.integer({ min: -64, max: 64 }).map((value) => value / 32),
        { minLength: count, maxLength: count },
      )
    return fc.record({
      n: fc.constant(n),
      memory: fc.constant(memory),
      l: numbers(n * n),
      steps: fc.array(
        numbers(n).filter((s) => dot(s, s) > 0.01),
        { minLength: given, maxLength: given },
      ),
      g: numbers(n),
    })
  })

describe('two-loop recursion on inner products', () => {
  it('equals the dense inverse Hessian and the recursion on vectors; the newest pair satisfies H y = s', () => {
    fc.assert(
      fc.property(cases, ({ n, memory, l, steps, g }) => {
        const hessian = (s: readonly number[]): number[] => {
          const half = s.map((_, j) => s.reduce((sum, value, i) => sum + l[i * n + j] * value, 0))
          return s.map((value, i) => value + half.reduce((sum, other, j) => sum + l[i * n + j] * other, 0))
        }
        const space = arraySpace(n)
        const history = createHistory(space, memory)
        const gradient = new Float64Array(g)
        for (const s of steps) {
          history.s(history.count).set(s)
          history.y(history.count).set(hessian(s))
          history.measure(gradient)
          history.commit()
        }
        const kept = steps.slice(-memory).map((s) => ({ s, y: hessian(s) }))
        expect(history.count).toBe(kept.length)
        const direction = space.create()
        createTwoLoop(space, memory)(history, gradient, direction)

        const h = inverseHessian(kept, n)
        const size = Math.max(1e-3, ...onVectors(kept, g).map(Math.abs), ...h.flat().map(Math.abs))
        const textbook = onVectors(kept, g)
        for (let i = 0; i < n; i++) {
          expect(Math.abs(direction[i] + dot(h[i], g)) / size).toBeLessThan(1e-9)
          expect(Math.abs(direction[i] - textbook[i]) / size).toBeLessThan(1e-9)
        }

        const newest = kept.at(-1)
        if (newest) {
          const y = new Float64Array(newest.y)
          history.project(y)
          createTwoLoop(space, memory)(history, y, direction)
          for (let i = 0; i < n; i++) expect(Math.abs(direction[i] + newest.s[i]) / size).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  it('is the steepest descent without pairs', () => {
    const space = arraySpace(3)
    const direction = space.create()
    createTwoLoop(space, 0)(createHistory(space, 0), new Float64Array([1, -2, 3]), direction)
    expect([...direction]).toEqual([-1, 2, -3])
  })
})
