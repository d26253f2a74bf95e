import type { History } from './history.ts'
import type { VectorSpace } from './vector-space.ts'

/** Writes d = -H g for the gradient that `history` measured last; H_0 = gamma I. */
export type TwoLoop<V> = (history: History<V>, gradient: V, direction: V, gamma?: number) => void

/**
 * The two-loop recursion, on inner products: H is the inverse BFGS matrix of the pairs of the history, from oldest to
 * newest, on H_0 = gamma I, gamma = s'y / y'y of the newest pair (1 without pairs).
 *
 *   q = g;      newest to oldest:  a_i = s_i'q / s_i'y_i,   q = q - a_i y_i
 *   r = gamma q; oldest to newest: b_i = y_i'r / s_i'y_i,   r = r + (a_i - b_i) s_i
 *   d = -r
 *
 * q and r are combinations of g, the y_i and the s_i at every moment, so that s_i'q and y_i'r follow from the table of
 * inner products, and vectors are touched once, when d is put together. Beside the recursion on vectors this halves
 * the memory traffic, and vectors on other machines answer once an iteration instead of 2 m times.
 *
 * Sources: Nocedal 1980; Nocedal & Wright, algorithm 7.4 and equation 7.20; on inner products: Chen, Wang & Zhou,
 * "Large-scale L-BFGS using MapReduce", 2014.
 */
export function createTwoLoop<V>(space: VectorSpace<V>, memory: number): TwoLoop<V> {
  const a = new Float64Array(memory)
  const c = new Float64Array(memory)
  const coefficients = new Float64Array(2 * memory + 1)
  const vectors: V[] = []
  return (history, gradient, direction, gamma = history.gamma) => {
    const { count, table } = history
    const { stride, sy, yy, sg, yg } = table
    for (let i = count - 1; i >= 0; i--) {
      let product = sg[i]
      for (let j = count - 1; j > i; j--) product -= a[j] * sy[i * stride + j]
      a[i] = product / sy[i * stride + i]
    }
    for (let i = 0; i < count; i++) {
      let product = yg[i]
      for (let j = count - 1; j >= 0; j--) product -= a[j] * yy[i * stride + j]
      product *= gamma
      for (let j = 0; j < i; j++) product += c[j] * sy[j * stride + i]
      c[i] = a[i] - product / sy[i * stride + i]
    }
    vectors[0] = gradient
    coefficients[0] = -gamma
    for (let i = 0; i < count; i++) {
      vectors[1 + i] = history.y(i)
      coefficients[1 + i] = gamma * a[i]
      vectors[1 + count + i] = history.s(i)
      coefficients[1 + count + i] = -c[i]
    }
    space.combine(coefficients, vectors, 1 + 2 * count, direction)
  }
}
