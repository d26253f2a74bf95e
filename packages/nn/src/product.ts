import type { Gemm, Transposition } from '@thalweg/kernels'
import type { PlanContext } from './layer.ts'

/** C [m, n] = A B + beta C over an inner dimension k, whose sizes the layer has told the arena. */
export function multiply(
  { plan, precision, products, productScratch: scratch }: PlanContext,
  transposition: Transposition,
  [m, n, k]: readonly [m: number, n: number, k: number],
  [a, b, c]: readonly [a: number, b: number, c: number],
  beta: Gemm['beta'] = 0,
): void {
  products.append(plan, precision, { transposition, m, n, k, a, b, c, beta, scratch })
}
