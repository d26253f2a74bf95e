import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Linear, full rank: n >= 1, m >= n (2 n). Minimum m - n at (-1, ..., -1).
 *
 *   r_i = x_i - (2 / m) sum_j x_j - 1,  i <= n,  r_i = -(2 / m) sum_j x_j - 1,  n < i <= m
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 32.
 */
export function linearFullRank(n: number, m = 2 * n): Problem {
  checkSize('linear_full', 'n', n, { least: 1 })
  checkSize('linear_full', 'm', m, { least: n })
  const start = new Float64Array(n).fill(1)
  return leastSquares({ name: `linear_full_${n}`, start, minima: [m - n] }, (x, half) => {
    let sum = 0
    for (let j = 0; j < n; j++) sum += x[j]
    const shift = (-2 / m) * sum - 1
    let total = (m - n) * shift
    let f = (m - n) * shift ** 2
    for (let j = 0; j < n; j++) {
      const r = x[j] + shift
      half[j] = r
      total += r
      f += r ** 2
    }
    for (let j = 0; j < n; j++) half[j] -= (2 / m) * total
    return f
  })
}
