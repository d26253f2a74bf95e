import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const start = [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5]

const y = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616,
  0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495,
  0.5, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672,
  0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.71, 0.729, 0.72, 0.636, 0.581,
  0.428, 0.292, 0.162, 0.098, 0.054,
]

/**
 * Osborne 2: n = 11, m = 65. Minimum 4.01...e-2.
 *
 *   r_i = y_i - (x_1 exp(-t_i x_5) + sum over k = 2, 3, 4 of x_k exp(-(t_i - x_{k+7})^2 x_{k+4})),  t_i = (i - 1) / 10
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 19.
 */
export function osborne2(): Problem {
  const minima = [4.013773629354772e-2]
  const slopes = new Float64Array(11)
  return leastSquares({ name: 'osborne2', start, minima }, (x, half) => {
    let f = 0
    for (let i = 0; i < y.length; i++) {
      const t = i / 10
      slopes[0] = Math.exp(-t * x[4])
      slopes[4] = -t * x[0] * slopes[0]
      let model = x[0] * slopes[0]
      for (let k = 1; k <= 3; k++) {
        const d = t - x[k + 7]
        const e = Math.exp(-(d ** 2) * x[k + 4])
        slopes[k] = e
        slopes[k + 4] = -(d ** 2) * x[k] * e
        slopes[k + 7] = 2 * d * x[k + 4] * x[k] * e
        model += x[k] * e
      }
      const r = y[i] - model
      for (let j = 0; j < 11; j++) half[j] -= r * slopes[j]
      f += r ** 2
    }
    return f
  })
}
