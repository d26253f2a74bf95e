import type { Precision } from '../lanes.ts'
import type { NativeLibrary, NativeType } from './koffi.ts'

/**
 * cblas_sgemm and cblas_dgemm: C = alpha op(A) op(B) + beta C.
 *
 * `a`, `b`, `c` are absolute addresses, `lda`, `ldb`, `ldc` leading dimensions in elements.
 * Source: the C interface of the BLAS Technical Forum standard (2001), appendix B.
 */
export type CblasGemm = (
  order: number,
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  beta: number,
  c: number,
  ldc: number,
) => void

/** The standard's CBLAS_ORDER. */
export const rowMajor = 101
/** The standard's CBLAS_TRANSPOSE for an operand as it is; one more is transposed. */
export const notTransposed = 111

/** Throws an Error when the library lacks either function. */
export function cblasGemms(library: NativeLibrary): Readonly<Record<Precision, CblasGemm>> {
  const gemm = (name: string, real: NativeType) =>
    // Addresses as whole numbers: neither views nor pointers are made for a call.
    library.func(name, 'void', [
      ...(['int', 'int', 'int', 'int', 'int', 'int'] as const),
      real,
      ...(['uintptr_t', 'int', 'uintptr_t', 'int'] as const),
      real,
      ...(['uintptr_t', 'int'] as const),
    ])
  return { f32: gemm('cblas_sgemm', 'float'), f64: gemm('cblas_dgemm', 'double') }
}
