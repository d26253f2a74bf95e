import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

/**
 * Rosenbrock: n = 2, m = 2. Minimum 0 at (1, 1).
 *
 *   r_1 = 10 (x_2 - x_1^2),  r_2 = 1 - x_1
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 1.
 */
export function rosenbrock(): Problem {
  return leastSquares({ name: 'rosenbrock', start: [-1.2, 1], minima: [0] }, (x, half) => {
    const r1 = 10 * (x[1] - x[0] ** 2)
    const r2 = 1 - x[0]
    half[0] = -20 * x[0] * r1 - r2
    half[1] = 10 * r1
    return r1 ** 2 + r2 ** 2
  })
}
