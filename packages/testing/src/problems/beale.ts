import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const y = [1.5, 2.25, 2.625]

/**
 * Beale: n = 2, m = 3. Minimum 0 at (3, 0.5).
 *
 *   r_i = y_i - x_1 (1 - x_2^i),  y = (1.5, 2.25, 2.625)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 5.
 */
export function beale(): Problem {
  return leastSquares({ name: 'beale', start: [1, 1], minima: [0] }, (x, half) => {
    let f = 0
    for (let i = 1; i <= 3; i++) {
      const r = y[i - 1] - x[0] * (1 - x[1] ** i)
      half[0] -= r * (1 - x[1] ** i)
      half[1] += r * x[0] * i * x[1] ** (i - 1)
      f += r ** 2
    }
    return f
  })
}
