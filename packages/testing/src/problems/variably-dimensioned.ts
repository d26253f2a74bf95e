import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Variably dimensioned: n >= 1, m = n + 2. Minimum 0 at (1, ..., 1).
 *
 *   r_i = x_i - 1,  r_{n+1} = sum_j j (x_j - 1),  r_{n+2} = r_{n+1}^2
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 25.
 */
export function variablyDimensioned(n: number): Problem {
  checkSize('variably_dim', 'n', n, { least: 1 })
  const start = Float64Array.from({ length: n }, (_, j) => 1 - (j + 1) / n)
  return leastSquares({ name: `variably_dim_${n}`, start, minima: [0] }, (x, half) => {
    let sum = 0
    let f = 0
    for (let j = 0; j < n; j++) {
      sum += (j + 1) * (x[j] - 1)
      f += (x[j] - 1) ** 2
    }
    for (let j = 0; j < n; j++) half[j] = x[j] - 1 + (j + 1) * (sum + 2 * sum ** 3)
    return f + sum ** 2 + sum ** 4
  })
}
