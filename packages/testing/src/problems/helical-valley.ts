import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

/**
 * Helical valley: n = 3, m = 3. Minimum 0 at (1, 0, 0).
 *
 *   r_1 = 10 (x_3 - 10 theta),  r_2 = 10 (rho - 1),  r_3 = x_3,  rho = sqrt(x_1^2 + x_2^2)
 *
 * theta, in turns, is that of (x_1, x_2), in [-1/4, 3/4): it jumps where x_1 = 0 and x_2 < 0.
 * Source: Moré, Garbow & Hillstrom 1981, problem 7.
 */
export function helicalValley(): Problem {
  return leastSquares({ name: 'helical_valley', start: [-1, 0, 0], minima: [0] }, (x, half) => {
    const rho = Math.hypot(x[0], x[1])
    const r1 = 10 * (x[2] - 10 * turns(x[0], x[1]))
    const r2 = 10 * (rho - 1)
    const r3 = x[2]
    const scale = 100 / (2 * Math.PI * rho ** 2)
    half[0] = scale * x[1] * r1 + (10 * x[0] * r2) / rho
    half[1] = -scale * x[0] * r1 + (10 * x[1] * r2) / rho
    half[2] = 10 * r1 + r3
    return r1 ** 2 + r2 ** 2 + r3 ** 2
  })
}

function turns(x1: number, x2: number): number {
  if (x1 === 0) return Math.sign(x2) / 4
  return Math.atan(x2 / x1) / (2 * Math.PI) + (x1 < 0 ? 0.5 : 0)
}
