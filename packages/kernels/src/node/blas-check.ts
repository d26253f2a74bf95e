import { lanesOf, type Precision } from '../lanes.ts'
import type { GemmFunction } from './blas-gemm.ts'

/** Bytes of the buffer that the check works in. */
export const blasCheckBytes = 256

/** A [2, 3] and B [3, 2]; C = A B and what is added to it are whole numbers, exact however they are summed. */
const a = [1, 2, 3, 4, 5, 6]
const b = [7, -8, 9, 10, -11, 12]
const product = [-8, 48, 7, 90]
const before = [100, 200, 300, 400]
/** What must still stand behind C. */
const guard = -1

interface Case {
  readonly precision: Precision
  readonly transposeA: 0 | 1
  readonly transposeB: 0 | 1
  readonly beta: 0 | 1
}

const bits = [0, 1] as const
const cases: readonly Case[] = (['f32', 'f64'] as const).flatMap((precision) =>
  bits.flatMap((transposeA) =>
    bits.flatMap((transposeB) => bits.map((beta) => ({ precision, transposeA, transposeB, beta }))),
  ),
)

/**
 * Products of 2 x 3 by 3 x 2 in both precisions, every transposition, beta 0 and 1: a library with other types of
 * parameters gives others. Undefined where all are right, else a sentence on the first that is not.
 */
export function wrongProduct(
  gemms: Readonly<Record<Precision, GemmFunction>>,
  buffer: ArrayBuffer,
): string | undefined {
  for (const item of cases) {
    const { precision, transposeA, transposeB, beta } = item
    const expected = [...product.map((value, i) => value + beta * before[i]), guard]
    const got = productOf(gemms[precision], item, buffer)
    if (got.join() !== expected.join()) {
      const name = `${precision}, transpositions ${transposeA} and ${transposeB}, beta ${beta}`
      return `${name} must give ${expected.join(' ')}, got ${got.join(' ')}`
    }
  }
  return undefined
}

/** C and the element behind it. */
function productOf(gemm: GemmFunction, item: Case, buffer: ArrayBuffer): readonly number[] {
  const { precision, transposeA, transposeB, beta } = item
  const { elementBytes } = lanesOf[precision].single
  const values = precision === 'f32' ? new Float32Array(buffer) : new Float64Array(buffer)
  values.set(transposeA === 0 ? a : transposed(a, 2, 3), 0)
  values.set(transposeB === 0 ? b : transposed(b, 3, 2), 6)
  // beta 0 does not read C.
  values.set(beta === 0 ? before.map(() => Number.NaN) : before, 12)
  values[16] = guard
  const [aStride, bStride] = [transposeA === 0 ? 3 : 2, transposeB === 0 ? 2 : 3]
  gemm(transposeA, transposeB, 2, 2, 3, 0, aStride, 6 * elementBytes, bStride, beta, 12 * elementBytes)
  return [...values.subarray(12, 17)]
}

/** A matrix [rows, columns] by columns. */
function transposed(matrix: readonly number[], rows: number, columns: number): number[] {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)])
}
