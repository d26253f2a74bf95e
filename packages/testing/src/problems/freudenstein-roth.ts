import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

/**
 * Freudenstein and Roth: n = 2, m = 2. Minimum 0 at (5, 4); 48.98... at (11.41..., -0.8968...).
 *
 *   r_1 = -13 + x_1 + ((5 - x_2) x_2 - 2) x_2,  r_2 = -29 + x_1 + ((x_2 + 1) x_2 - 14) x_2
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 2.
 */
export function freudensteinRoth(): Problem {
  const minima = [0, 48.98425367924002]
  return leastSquares({ name: 'freudenstein_roth', start: [0.5, -2], minima }, (x, half) => {
    const r1 = -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1]
    const r2 = -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]
    half[0] = r1 + r2
    half[1] = r1 * ((10 - 3 * x[1]) * x[1] - 2) + r2 * ((3 * x[1] + 2) * x[1] - 14)
    return r1 ** 2 + r2 ** 2
  })
}
