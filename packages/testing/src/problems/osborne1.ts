import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const y = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628,
  0.603, 0.58, 0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414,
  0.411, 0.406,
]

/**
 * Osborne 1: n = 5, m = 33. Minimum 5.46...e-5.
 *
 *   r_i = y_i - (x_1 + x_2 exp(-t_i x_4) + x_3 exp(-t_i x_5)),  t_i = 10 (i - 1)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 17.
 */
export function osborne1(): Problem {
  const minima = [5.464894697482912e-5]
  return leastSquares({ name: 'osborne1', start: [0.5, 1.5, -1, 0.01, 0.02], minima }, (x, half) => {
    let f = 0
    for (let i = 0; i < y.length; i++) {
      const t = 10 * i
      const e4 = Math.exp(-t * x[3])
      const e5 = Math.exp(-t * x[4])
      const r = y[i] - (x[0] + x[1] * e4 + x[2] * e5)
      half[0] -= r
      half[1] -= r * e4
      half[2] -= r * e5
      half[3] += r * x[1] * t * e4
      half[4] += r * x[2] * t * e5
      f += r ** 2
    }
    return f
  })
}
