import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

/**
 * Brown badly scaled: n = 2, m = 3. Minimum 0 at (10^6, 2 10^-6).
 *
 *   r_1 = x_1 - 10^6,  r_2 = x_2 - 2 10^-6,  r_3 = x_1 x_2 - 2
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 4.
 */
export function brownBadlyScaled(): Problem {
  return leastSquares({ name: 'brown_badly_scaled', start: [1, 1], minima: [0] }, (x, half) => {
    const r1 = x[0] - 1e6
    const r2 = x[1] - 2e-6
    const r3 = x[0] * x[1] - 2
    half[0] = r1 + x[1] * r3
    half[1] = r2 + x[0] * r3
    return r1 ** 2 + r2 ** 2 + r3 ** 2
  })
}
