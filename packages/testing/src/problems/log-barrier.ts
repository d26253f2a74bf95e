import { type Barrier, isPositive } from './barrier.ts'

const c = [10, 4]

/**
 * Linear with a logarithmic barrier, on x > 0: n = 2, c = (10, 4). Minimum sum_i (1 + log c_i) at x_i = 1 / c_i.
 *
 *   f = sum_i (c_i x_i - log x_i)
 */
export const logBarrier: Barrier = {
  name: 'log_barrier',
  start: [0.5, 0.5],
  solution: [0.1, 0.25],
  minimum: 2 + Math.log(40),
  isInside: isPositive,
  infiniteGradient: Number.NEGATIVE_INFINITY,
  evaluate(x, gradient) {
    let f = 0
    for (let j = 0; j < 2; j++) {
      gradient[j] = c[j] - 1 / x[j]
      f += c[j] * x[j] - Math.log(x[j])
    }
    return f
  },
}
