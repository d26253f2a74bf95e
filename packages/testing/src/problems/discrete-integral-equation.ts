import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Discrete integral equation: n >= 1, m = n. Minimum 0.
 *
 *   r_i = x_i + h ( (1 - t_i) sum_{j<=i} t_j c_j + t_i sum_{j>i} (1 - t_j) c_j ) / 2,
 *   c_j = (x_j + t_j + 1)^3,  t_j = j h,  h = 1 / (n + 1)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 29.
 */
export function discreteIntegralEquation(n: number): Problem {
  checkSize('discrete_ie', 'n', n, { least: 1 })
  const h = 1 / (n + 1)
  const t = Float64Array.from({ length: n }, (_, j) => (j + 1) * h)
  const start = t.map((tj) => tj * (tj - 1))
  return leastSquares({ name: `discrete_ie_${n}`, start, minima: [0] }, (x, half) => {
    let f = 0
    for (let i = 0; i < n; i++) {
      let integral = 0
      for (let j = 0; j < n; j++) integral += weight(i, j) * (x[j] + t[j] + 1) ** 3
      const r = x[i] + (h * integral) / 2
      half[i] += r
      for (let j = 0; j < n; j++) half[j] += 1.5 * h * r * weight(i, j) * (x[j] + t[j] + 1) ** 2
      f += r ** 2
    }
    return f
  })

  function weight(i: number, j: number): number {
    return j <= i ? (1 - t[i]) * t[j] : t[i] * (1 - t[j])
  }
}
