import { type Gemm, gemmCall, gemmScratchLength } from './gemm.ts'
import type { Precision } from './lanes.ts'
import type { Plan } from './plan.ts'

/** What computes the matrix products of a plan: kernels of our own, or a library of the system's. */
export interface MatrixProducts {
  /** For people and for records of runs: `wasm`, `OpenBLAS 0.3.21`. */
  readonly description: string
  /** Elements of scratch that a product of these sizes, or smaller ones, may overwrite. */
  scratchLength(precision: Precision, sizes: Pick<Gemm, 'm' | 'n' | 'k'>): number
  /** Appends C = A B + beta C. Throws RangeError for a size below 1. */
  append(plan: Plan, precision: Precision, product: Gemm): void
}

/** Products by our own SIMD kernels, the same bits on every machine. */
export const wasmProducts: MatrixProducts = ownProducts('wasm', false)

/** Products by our own kernels with relaxed multiply-add: faster, but the bits depend on the engine and the machine. */
export const relaxedWasmProducts: MatrixProducts = ownProducts('wasm-relaxed', true)

function ownProducts(description: string, relaxed: boolean): MatrixProducts {
  return {
    description,
    scratchLength: (precision, sizes) => gemmScratchLength(precision, sizes),
    append(plan, precision, product) {
      const { kernel, values } = gemmCall(precision, product, { relaxed })
      plan.call(kernel, ...values)
    },
  }
}
