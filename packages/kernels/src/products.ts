import { type Gemm, gemm, gemmScratchLength, gemmValues } from './gemm.ts'
import type { Precision } from './lanes.ts'
import type { Plan } from './plan.ts'

/** What computes the matrix products of a plan: kernels of our own, or a library of the system's. */
export interface MatrixProducts {
  /** For people and for records of runs: `wasm`, `OpenBLAS 0.3.21`. */
  readonly description: string
  /** Elements of scratch that a product of these sizes may overwrite. */
  scratchLength(precision: Precision, sizes: Pick<Gemm, 'm' | 'n' | 'k'>): number
  /** Appends C = A B + beta C. Throws RangeError for a size below 1. */
  append(plan: Plan, precision: Precision, product: Gemm): void
}

/** Products by our packed SIMD kernels, the same bits on every machine. */
export const wasmProducts: MatrixProducts = {
  description: 'wasm',
  scratchLength: (precision, { n }) => gemmScratchLength(precision, n),
  append(plan, precision, product) {
    plan.call(gemm(precision), ...gemmValues(precision, product))
  },
}
