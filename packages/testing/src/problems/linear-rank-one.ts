import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Linear, rank 1: n >= 1, m >= n (2 n). Minimum m (m - 1) / (2 (2 m + 1)) where sum_j j x_j = 3 / (2 m + 1).
 *
 *   r_i = i sum_j j x_j - 1
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 33.
 */
export function linearRankOne(n: number, m = 2 * n): Problem {
  checkSize('linear_rank1', 'n', n, { least: 1 })
  checkSize('linear_rank1', 'm', m, { least: n })
  const start = new Float64Array(n).fill(1)
  const minima = [(m * (m - 1)) / (2 * (2 * m + 1))]
  return leastSquares({ name: `linear_rank1_${n}`, start, minima }, (x, half) => {
    let sum = 0
    for (let j = 0; j < n; j++) sum += (j + 1) * x[j]
    let slope = 0
    let f = 0
    for (let i = 1; i <= m; i++) {
      const r = i * sum - 1
      slope += r * i
      f += r ** 2
    }
    for (let j = 0; j < n; j++) half[j] = slope * (j + 1)
    return f
  })
}

/**
 * Linear, rank 1 with zero columns and rows: n >= 3, m >= n (2 n). Minimum (m^2 + 3 m - 6) / (2 (2 m - 3)) where
 * sum_{1<j<n} j x_j = 3 / (2 m - 3).
 *
 *   r_1 = r_m = -1,  r_i = (i - 1) sum_{1<j<n} j x_j - 1
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 34.
 */
export function linearRankOneZero(n: number, m = 2 * n): Problem {
  checkSize('linear_rank1_zero', 'n', n, { least: 3 })
  checkSize('linear_rank1_zero', 'm', m, { least: n })
  const start = new Float64Array(n).fill(1)
  const minima = [(m ** 2 + 3 * m - 6) / (2 * (2 * m - 3))]
  return leastSquares({ name: `linear_rank1_zero_${n}`, start, minima }, (x, half) => {
    let sum = 0
    for (let j = 1; j < n - 1; j++) sum += (j + 1) * x[j]
    let slope = 0
    let f = 2
    for (let i = 2; i < m; i++) {
      const r = (i - 1) * sum - 1
      slope += r * (i - 1)
      f += r ** 2
    }
    for (let j = 1; j < n - 1; j++) half[j] = slope * (j + 1)
    return f
  })
}
