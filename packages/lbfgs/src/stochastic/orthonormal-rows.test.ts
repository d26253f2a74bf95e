import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normals, uniforms } from './logistic-sum.suite.ts'
import { addRow, createOrthonormalRows } from './orthonormal-rows.ts'

test('rows are orthonormal to 1e-14 and span what was added, even when vectors are nearly parallel', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 8 }),
      fc.integer({ min: -10, max: 0 }),
      fc.nat(),
      (n, exponent, drawSeed) => {
        const normal = normals(uniforms(drawSeed))
        const basis = createOrthonormalRows(n, n)
        const common = Array.from({ length: n }, normal)
        const vectors = Array.from({ length: n }, () =>
          Float64Array.from(common, (each) => each + 10 ** exponent * normal()),
        )
        for (const vector of vectors) addRow(basis, vector, 0, n)
        const row = (i: number): Float64Array => basis.rows.subarray(i * n, (i + 1) * n)
        const dot = (a: Float64Array, b: Float64Array): number =>
          a.reduce((sum, each, k) => sum + each * b[k], 0)
        for (let i = 0; i < basis.count; i++) {
          for (let j = 0; j <= i; j++) {
            expect(Math.abs(dot(row(i), row(j)) - (i === j ? 1 : 0))).toBeLessThan(1e-14)
          }
        }
        for (const vector of vectors) {
          const rest = vector.slice()
          for (let i = 0; i < basis.count; i++) {
            const part = dot(row(i), vector)
            for (let k = 0; k < n; k++) rest[k] -= part * row(i)[k]
          }
          expect(Math.sqrt(dot(rest, rest) / dot(vector, vector))).toBeLessThan(1e-12)
        }
      },
    ),
    { seed: 20_260_304, numRuns: 60 },
  )
})

test('what is in the span, zero, not finite or beyond the capacity adds no row', () => {
  const basis = createOrthonormalRows(2, 3)
  expect(addRow(basis, Float64Array.of(3, 0, 0), 0, 3)).toBe(true)
  expect(addRow(basis, Float64Array.of(-1, 0, 0), 0, 3)).toBe(false)
  expect(addRow(basis, new Float64Array(3), 0, 3)).toBe(false)
  expect(addRow(basis, Float64Array.of(0, Number.NaN, 1), 0, 3)).toBe(false)
  expect(addRow(basis, Float64Array.of(9, 1, 2, 0), 1, 3)).toBe(true)
  expect(addRow(basis, Float64Array.of(0, 0, 1), 0, 3)).toBe(false)
  expect(basis.count).toBe(2)
  expect([...basis.rows]).toEqual([1, 0, 0, 0, 1, 0])
})
