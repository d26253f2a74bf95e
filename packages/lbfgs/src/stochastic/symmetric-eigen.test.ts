import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normals, uniforms } from './logistic-sum.suite.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

const seed = 20_260_302

/** Jacobi's method from the textbook: plane rotations that zero one pair at a time, in sweeps. */
function jacobi(matrix: Float64Array, n: number): number[] {
  const a = matrix.slice()
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue
        const tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
        const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau))
        const c = 1 / Math.hypot(1, t)
        const s = t * c
        for (let k = 0; k < n; k++) {
          const [left, right] = [a[k * n + p], a[k * n + q]]
          a[k * n + p] = c * left - s * right
          a[k * n + q] = s * left + c * right
        }
        for (let k = 0; k < n; k++) {
          const [upper, lower] = [a[p * n + k], a[q * n + k]]
          a[p * n + k] = c * upper - s * lower
          a[q * n + k] = s * upper + c * lower
        }
      }
    }
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i]).sort((x, y) => x - y)
}

function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * n + j] = entry(i, j)
      matrix[j * n + i] = matrix[i * n + j]
    }
  }
  return matrix
}

/** Compares with Jacobi, and checks A = V' diag V and V V' = I. */
function check(matrix: Float64Array, n: number): void {
  const values = new Float64Array(n)
  const vectors = new Float64Array(n * n)
  symmetricEigen(matrix.slice(), n, values, vectors)
  const scale = matrix.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-300)
  const expected = jacobi(matrix, n)
  values
    .slice()
    .sort()
    .forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-13 * scale * n)
    })
  const alone = new Float64Array(n)
  symmetricEigen(matrix.slice(), n, alone)
  expect(alone).toEqual(values)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let [product, inner] = [0, 0]
      for (let k = 0; k < n; k++) {
        product += vectors[k * n + i] * values[k] * vectors[k * n + j]
        inner += vectors[i * n + k] * vectors[j * n + k]
      }
      expect(Math.abs(product - matrix[i * n + j])).toBeLessThan(1e-13 * scale * n)
      expect(Math.abs(inner - (i === j ? 1 : 0))).toBeLessThan(1e-13 * n)
    }
  }
}

test('values equal those of Jacobi’s method to 1e-13 n of the largest, and the vectors make the matrix', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0 }), (n, drawSeed) => {
      const normal = normals(uniforms(drawSeed))
      check(symmetric(n, normal), n)
    }),
    { seed, numRuns: 60 },
  )
})

test.each([
  ['zero', 4, () => 0],
  ['diagonal', 5, (i: number, j: number) => (i === j ? i - 2 : 0)],
  ['one', 1, () => 7],
  ['repeated values', 6, (i: number, j: number) => (i === j ? 3 : 1)],
  ['tridiagonal', 9, (i: number, j: number) => (i === j ? 2 : i - j === 1 ? -1 : 0)],
  ['graded over 1e8', 8, (i: number, j: number) => 10 ** (-(i + j) / 2) * (1 + ((i * j) % 3))],
  ['tiny', 5, (i: number, j: number) => 1e-200 * Math.cos(i * 3 + j)],
  ['block diagonal', 6, (i: number, j: number) => (i < 3 === j < 3 ? 1 / (i + j + 1) : 0)],
])('%s', (_, n, entry) => check(symmetric(n, entry), n))

test('the second difference matrix has the values 2 - 2 cos(k pi / (n + 1))', () => {
  const n = 20
  const values = new Float64Array(n)
  symmetricEigen(
    symmetric(n, (i, j) => (i === j ? 2 : i - j === 1 ? -1 : 0)),
    n,
    values,
  )
  values.sort().forEach((value, k) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13)
  })
})

test('a matrix with NaN ends, and its values are not finite', () => {
  const values = new Float64Array(4)
  symmetricEigen(
    symmetric(4, (i, j) => (i === 2 && j === 1 ? Number.NaN : 1)),
    4,
    values,
  )
  expect(values.some(Number.isNaN)).toBe(true)
})
