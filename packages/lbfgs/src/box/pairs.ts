import type { Vector } from '../vector.ts'

/**
 * The history s_i = x_(i+1) - x_i, y_i = g_(i+1) - g_i as the bounded solver reads it, 0 = oldest. The owner keeps the
 * inner products in a table, so that a new pair costs O(m n) and nothing here sums over n what is known already.
 */
export interface Pairs {
  readonly count: number
  /** y'y / s'y of the newest pair; 1 with no pair. */
  readonly theta: number
  /** [n] */
  s(i: number): Vector
  /** [n] */
  y(i: number): Vector
  /** s_i . s_j */
  ss(i: number, j: number): number
  /** s_i . y_j, any i and j */
  sy(i: number, j: number): number
  /** y_i . y_j */
  yy(i: number, j: number): number
}
