import type { Transposition } from './gemm-shape.ts'

/** A matrix product C = A B + beta C to be called in a plan: A [m, k], B [k, n], C [m, n], all row-major. */
export interface Gemm {
  readonly transposition: Transposition
  readonly m: number
  readonly n: number
  readonly k: number
  /** Addresses. A is stored as [k, m] for TN, B as [n, k] for NT. C overlaps neither. */
  readonly a: number
  readonly b: number
  readonly c: number
  /** 0 does not read C. */
  readonly beta: 0 | 1
  /** Address of `gemmScratchLength` elements that the product may overwrite. */
  readonly scratch: number
}

/** Throws RangeError for a size below 1. */
export function checkGemmSizes(sizes: Partial<Pick<Gemm, 'm' | 'n' | 'k'>>): void {
  for (const name of ['m', 'n', 'k'] as const) {
    const size = sizes[name]
    if (size !== undefined && !(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`gemm: ${name} must be a whole number in [1, ∞), got ${size}`)
    }
  }
}
