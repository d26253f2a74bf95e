import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Discrete boundary value: n >= 1, m = n. Minimum 0.
 *
 *   r_i = 2 x_i - x_{i-1} - x_{i+1} + h^2 (x_i + t_i + 1)^3 / 2,  t_i = i h,  h = 1 / (n + 1),  x_0 = x_{n+1} = 0
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 28.
 */
export function discreteBoundaryValue(n: number): Problem {
  checkSize('discrete_bv', 'n', n, { least: 1 })
  const h = 1 / (n + 1)
  const start = Float64Array.from({ length: n }, (_, j) => (j + 1) * h * ((j + 1) * h - 1))
  return leastSquares({ name: `discrete_bv_${n}`, start, minima: [0] }, (x, half) => {
    let f = 0
    for (let j = 0; j < n; j++) {
      const cubed = x[j] + (j + 1) * h + 1
      const before = j > 0 ? x[j - 1] : 0
      const after = j < n - 1 ? x[j + 1] : 0
      const r = 2 * x[j] - before - after + (h ** 2 * cubed ** 3) / 2
      half[j] += r * (2 + 1.5 * h ** 2 * cubed ** 2)
      if (j > 0) half[j - 1] -= r
      if (j < n - 1) half[j + 1] -= r
      f += r ** 2
    }
    return f
  })
}
