import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const rising = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521]
const y = [...rising, 0.3989, ...rising.toReversed()]

/**
 * Gaussian: n = 3, m = 15. Minimum 1.127...e-8.
 *
 *   r_i = x_1 exp(-x_2 (t_i - x_3)^2 / 2) - y_i,  t_i = (8 - i) / 2
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 9.
 */
export function gaussian(): Problem {
  const minima = [1.127932769619227e-8]
  return leastSquares({ name: 'gaussian', start: [0.4, 1, 0], minima }, (x, half) => {
    let f = 0
    for (let i = 1; i <= y.length; i++) {
      const d = (8 - i) / 2 - x[2]
      const e = Math.exp((-x[1] * d ** 2) / 2)
      const r = x[0] * e - y[i - 1]
      half[0] += r * e
      half[1] -= (r * x[0] * e * d ** 2) / 2
      half[2] += r * x[0] * e * x[1] * d
      f += r ** 2
    }
    return f
  })
}
