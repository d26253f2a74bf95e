import { lanesOf, type Precision } from './lanes.ts'

/** `[rows, columns]` of the operands: plain (N) or transposed in memory (T). */
export type Transposition = 'NN' | 'NT' | 'TN'

/** All of a product C = A B + beta C but its addresses: A [m, k], B [k, n], C [m, n]. */
export interface GemmShape {
  readonly precision: Precision
  readonly transposition: Transposition
  readonly m: number
  readonly n: number
  readonly k: number
  readonly beta: 0 | 1
  /** Whether products may be added without being rounded. */
  readonly relaxed: boolean
}

/** Bytes from an element of an operand to the next one along m, n and k. */
export interface GemmStrides {
  readonly aRow: number
  readonly aStep: number
  readonly bColumn: number
  readonly bStep: number
  readonly cRow: number
}

/** Where the elements lie: every matrix is row-major and dense. */
export function gemmStrides({ precision, transposition, m, n, k }: GemmShape): GemmStrides {
  const { elementBytes } = lanesOf[precision].single
  const [aRow, aStep] = transposition === 'TN' ? [1, m] : [k, 1]
  const [bColumn, bStep] = transposition === 'NT' ? [k, 1] : [1, n]
  const [aRowBytes, aStepBytes, bColumnBytes, bStepBytes] = [aRow, aStep, bColumn, bStep].map(
    (elements) => elements * elementBytes,
  )
  return {
    aRow: aRowBytes,
    aStep: aStepBytes,
    bColumn: bColumnBytes,
    bStep: bStepBytes,
    cRow: n * elementBytes,
  }
}

/** What a product's kernel is called, for people. */
export function gemmName({ transposition, m, n, k }: GemmShape): string {
  return `gemm ${transposition} ${m}x${n}x${k}`
}
