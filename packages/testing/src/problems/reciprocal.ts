import { type Barrier, isPositive } from './barrier.ts'

const a = [0.04, 0.09]

/**
 * Linear with a reciprocal barrier, on x > 0: n = 2, a = (0.04, 0.09). Minimum 2 sum_j sqrt(a_j) at x_j = sqrt(a_j).
 * Left to itself f would answer large negative numbers outside.
 *
 *   f = sum_j (x_j + a_j / x_j)
 */
export const reciprocal: Barrier = {
  name: 'reciprocal',
  start: [0.5, 0.6],
  solution: [0.2, 0.3],
  minimum: 1,
  isInside: isPositive,
  infiniteGradient: Number.NaN,
  evaluate(x, gradient) {
    let f = 0
    for (let j = 0; j < 2; j++) {
      gradient[j] = 1 - a[j] / x[j] ** 2
      f += x[j] + a[j] / x[j]
    }
    return f
  },
}
