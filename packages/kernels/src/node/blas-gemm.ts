import { lanesOf, type Precision } from '../lanes.ts'
import type { BlasLibrary } from './blas-library.ts'
import { type CblasGemm, notTransposed, rowMajor } from './cblas.ts'

/**
 * C = op(A) op(B) + beta C, row-major: op(A) is [m, k], op(B) [k, n], C [m, n] and dense.
 *
 * `a`, `b`, `c` are byte offsets into the memory; `aStride` and `bStride` are elements from one row to the next, as
 * stored: A is stored as [k, m] where `transposeA` is 1, B as [n, k] where `transposeB` is 1. beta 0 does not read C.
 * A WebAssembly module may import it with eleven parameters of type i32. A call leaves nothing behind but three
 * addresses as numbers, some 46 bytes for the collector. Throws RangeError when a size is below 1, a stride shorter than
 * its row, or an operand not inside the memory.
 */
export type GemmFunction = (
  transposeA: 0 | 1,
  transposeB: 0 | 1,
  m: number,
  n: number,
  k: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  beta: 0 | 1,
  c: number,
) => void

/**
 * Products of a library's over a memory, in place. The memory may be shared; it must not grow.
 *
 * @example
 * const found = loadBlas()
 * if (found.found) blasGemm(found.library, workspace.memory).f32(0, 0, 2, 2, 2, a, 2, b, 2, 0, c)
 */
export function blasGemm(
  library: BlasLibrary,
  memory: WebAssembly.Memory,
): Readonly<Record<Precision, GemmFunction>> {
  return gemmsOver(library.gemm, memory.buffer, library.addressOf(memory.buffer))
}

/** The same over any buffer and its address. */
export function gemmsOver(
  gemm: Readonly<Record<Precision, CblasGemm>>,
  buffer: ArrayBufferLike,
  address: number,
): Readonly<Record<Precision, GemmFunction>> {
  return { f32: gemmOver('f32', gemm.f32, buffer, address), f64: gemmOver('f64', gemm.f64, buffer, address) }
}

function gemmOver(
  precision: Precision,
  gemm: CblasGemm,
  buffer: ArrayBufferLike,
  address: number,
): GemmFunction {
  const { elementBytes } = lanesOf[precision].single
  const bytes = buffer.byteLength
  return (transposeA, transposeB, m, n, k, a, aStride, b, bStride, beta, c) => {
    // Addresses beyond 2 GiB come out of WebAssembly as negative numbers.
    const aStart = a >>> 0
    const bStart = b >>> 0
    const cStart = c >>> 0
    const aRow = transposeA === 0 ? k : m
    const bRow = transposeB === 0 ? n : k
    const aEnd = aStart + ((transposeA === 0 ? m : k) * aStride - aStride + aRow) * elementBytes
    const bEnd = bStart + ((transposeB === 0 ? k : n) * bStride - bStride + bRow) * elementBytes
    const cEnd = cStart + m * n * elementBytes
    // Native code would write anywhere.
    const inside = aEnd <= bytes && bEnd <= bytes && cEnd <= bytes
    if (!(m >= 1 && n >= 1 && k >= 1 && aStride >= aRow && bStride >= bRow && inside)) {
      throw misuse({ m, n, k, aStride, aRow, aEnd, bStride, bRow, bEnd, cEnd }, buffer)
    }
    gemm(
      rowMajor,
      notTransposed + transposeA,
      notTransposed + transposeB,
      m,
      n,
      k,
      1,
      address + aStart,
      aStride,
      address + bStart,
      bStride,
      beta,
      address + cStart,
      n,
    )
  }
}

/** The first thing wrong with a product: its sizes, its strides beside the rows they must span, or where it ends. */
function misuse(product: Readonly<Record<string, number>>, buffer: ArrayBufferLike): RangeError {
  const atLeast = { m: 1, n: 1, k: 1, aStride: product.aRow, bStride: product.bRow }
  for (const [name, least] of Object.entries(atLeast)) {
    if (product[name] >= least) continue
    return new RangeError(`blasGemm: ${name} must be a whole number in [${least}, ∞), got ${product[name]}`)
  }
  const bytes = buffer.byteLength
  const name = ['a', 'b', 'c'].find((operand) => !(product[`${operand}End`] <= bytes))
  return new RangeError(`blasGemm: ${name} must end in [0, ${bytes}], got ${product[`${name}End`]}`)
}
