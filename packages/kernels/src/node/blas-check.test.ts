import { expect, it } from 'vitest'
import { blasCheckBytes, wrongProduct } from './blas-check.ts'
import type { GemmFunction } from './blas-gemm.ts'

const buffer = new ArrayBuffer(blasCheckBytes)
const arrays = { f32: new Float32Array(buffer), f64: new Float64Array(buffer) }

/** The textbook product; offsets in bytes. */
function textbook(values: Float32Array | Float64Array): GemmFunction {
  const { BYTES_PER_ELEMENT: bytes } = values
  return (transposeA, transposeB, m, n, k, a, aStride, b, bStride, beta, c) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = beta === 0 ? 0 : values[c / bytes + i * n + j]
        for (let p = 0; p < k; p++) {
          const left = values[a / bytes + (transposeA === 0 ? i * aStride + p : p * aStride + i)]
          sum += left * values[b / bytes + (transposeB === 0 ? p * bStride + j : j * bStride + p)]
        }
        values[c / bytes + i * n + j] = sum
      }
    }
  }
}

const right = { f32: textbook(arrays.f32), f64: textbook(arrays.f64) }

type Values = Parameters<GemmFunction>
/** Mistakes: what a wrong library makes of the values it is given. */
const mistakes: Readonly<Record<string, (...values: Values) => Values>> = {
  'A is never transposed': (_a, ...rest) => [0, ...rest],
  'A is always transposed': (_a, ...rest) => [1, ...rest],
  'B is never transposed': (a, _b, ...rest) => [a, 0, ...rest],
  'B is always transposed': (a, _b, ...rest) => [a, 1, ...rest],
  'sums are one short': (a, b, m, n, k, ...rest) => [a, b, m, n, k - 1, ...rest],
  'rows are one short': (a, b, m, ...rest) => [a, b, m - 1, ...rest],
  'nothing is multiplied': (a, b, _m, ...rest) => [a, b, 0, ...rest],
  'rows are one too many': (a, b, m, ...rest) => [a, b, m + 1, ...rest],
  'C is always added to': (a, b, m, n, k, x, xStride, y, yStride, _beta, c) => {
    return [a, b, m, n, k, x, xStride, y, yStride, 1, c]
  },
  'C is never added to': (a, b, m, n, k, x, xStride, y, yStride, _beta, c) => {
    return [a, b, m, n, k, x, xStride, y, yStride, 0, c]
  },
}

it('finds nothing wrong with the textbook', () => {
  expect(wrongProduct(right, buffer)).toBeUndefined()
})

it.each(['f32', 'f64'] as const)('sees every mistake in %s alone', (precision) => {
  for (const [name, mistaken] of Object.entries(mistakes)) {
    const wrong = { ...right, [precision]: (...values: Values) => right[precision](...mistaken(...values)) }
    expect(wrongProduct(wrong, buffer), name).toMatch(new RegExp(`^${precision}, transpositions`))
  }
})

it('says what it got', () => {
  const zeros = { ...right, f64: () => arrays.f64.fill(0) }
  expect(wrongProduct(zeros, buffer)).toBe(
    'f64, transpositions 0 and 0, beta 0 must give -8 48 7 90 -1, got 0 0 0 0 0',
  )
})
