import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

/**
 * Powell badly scaled: n = 2, m = 2. Minimum 0 at (1.098...e-5, 9.106...).
 *
 *   r_1 = 10^4 x_1 x_2 - 1,  r_2 = exp(-x_1) + exp(-x_2) - 1.0001
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 3.
 */
export function powellBadlyScaled(): Problem {
  return leastSquares({ name: 'powell_badly_scaled', start: [0, 1], minima: [0] }, (x, half) => {
    const e1 = Math.exp(-x[0])
    const e2 = Math.exp(-x[1])
    const r1 = 1e4 * x[0] * x[1] - 1
    const r2 = e1 + e2 - 1.0001
    half[0] = 1e4 * x[1] * r1 - e1 * r2
    half[1] = 1e4 * x[0] * r1 - e2 * r2
    return r1 ** 2 + r2 ** 2
  })
}
