import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const y = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
const u = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]

/**
 * Kowalik and Osborne: n = 4, m = 11. Minimum 3.07...e-4; f -> 1.02...e-3 for (+inf, -14.07..., -inf, -inf).
 *
 *   r_i = y_i - x_1 (u_i^2 + u_i x_2) / (u_i^2 + u_i x_3 + x_4)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 15.
 */
export function kowalikOsborne(): Problem {
  const minima = [3.0750560384923767e-4]
  return leastSquares({ name: 'kowalik_osborne', start: [0.25, 0.39, 0.415, 0.39], minima }, (x, half) => {
    let f = 0
    for (let i = 0; i < y.length; i++) {
      const top = u[i] ** 2 + u[i] * x[1]
      const bottom = u[i] ** 2 + u[i] * x[2] + x[3]
      const r = y[i] - (x[0] * top) / bottom
      const slope = (r * x[0] * top) / bottom ** 2
      half[0] -= (r * top) / bottom
      half[1] -= (r * x[0] * u[i]) / bottom
      half[2] += slope * u[i]
      half[3] += slope
      f += r ** 2
    }
    return f
  })
}
