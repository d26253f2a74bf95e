import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choleskyFactor, solveLower, solveLowerTransposed } from './cholesky.ts'
import { normals, uniforms } from './logistic-sum.suite.ts'

test('L L’ is the matrix, and the two solves undo it, whatever the stride', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 3 }),
      fc.nat(),
      (n, gap, drawSeed) => {
        const stride = n + gap
        const normal = normals(uniforms(drawSeed))
        const root = Array.from({ length: n }, () => Array.from({ length: n }, normal))
        const dense = root.map((a, i) =>
          root.map((b, j) => a.reduce((sum, each, k) => sum + each * b[k], i === j ? 1 : 0)),
        )
        const factor = new Float64Array(n * stride).fill(Number.NaN)
        for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * stride + j] = dense[i][j]
        expect(choleskyFactor(factor, n, stride)).toBe(true)
        const x = Array.from({ length: n }, normal)
        const b = Float64Array.from(dense, (row) => row.reduce((sum, each, k) => sum + each * x[k], 0))
        solveLower(factor, n, stride, b)
        solveLowerTransposed(factor, n, stride, b)
        for (let i = 0; i < n; i++) expect(b[i]).toBeCloseTo(x[i], 9)
      },
    ),
    { seed: 20_260_303, numRuns: 60 },
  )
})

test('by hand: [4 2; 2 5] = [2 0; 1 2] [2 1; 0 2]', () => {
  const factor = Float64Array.of(4, 99, 2, 5)
  expect(choleskyFactor(factor, 2, 2)).toBe(true)
  expect(factor).toEqual(Float64Array.of(2, 99, 1, 2))
})

test.each([
  ['indefinite', [1, 0, 2, 1]],
  ['singular', [1, 0, 1, 1]],
  ['NaN', [1, 0, Number.NaN, 1]],
])('%s is refused', (_, matrix) => {
  expect(choleskyFactor(Float64Array.from(matrix), 2, 2)).toBe(false)
})
