import { type Barrier, isPositive } from './barrier.ts'

const c = [0, -1, -2]

/**
 * Negative entropy, tilted, on x > 0: n = 3, c = (0, -1, -2). Minimum -sum_j exp(c_j - 1) at x_j = exp(c_j - 1). f is
 * bounded at the edge of its domain; its slope is not.
 *
 *   f = sum_j x_j (log x_j - c_j)
 */
export const negativeEntropy: Barrier = {
  name: 'negative_entropy',
  start: [0.5, 0.5, 0.5],
  solution: c.map((value) => Math.exp(value - 1)),
  minimum: c.reduce((sum, value) => sum - Math.exp(value - 1), 0),
  isInside: isPositive,
  infiniteGradient: Number.NaN,
  evaluate(x, gradient) {
    let f = 0
    for (let j = 0; j < 3; j++) {
      const tilted = Math.log(x[j]) - c[j]
      gradient[j] = tilted + 1
      f += x[j] * tilted
    }
    return f
  },
}
