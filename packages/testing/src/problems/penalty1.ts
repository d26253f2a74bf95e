import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

const minima: Readonly<Record<number, readonly number[]>> = {
  4: [2.2499775008999372e-5],
  10: [7.087651467090369e-5],
}
const a = 1e-5

/**
 * Penalty I: n >= 1, m = n + 1.
 *
 *   r_i = sqrt(a) (x_i - 1),  r_{n+1} = sum_j x_j^2 - 1/4,  a = 10^-5
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 23.
 */
export function penalty1(n: number): Problem {
  checkSize('penalty1', 'n', n, { least: 1 })
  const start = Float64Array.from({ length: n }, (_, j) => j + 1)
  return leastSquares({ name: `penalty1_${n}`, start, minima: minima[n] ?? [] }, (x, half) => {
    let penalty = -0.25
    let f = 0
    for (let j = 0; j < n; j++) {
      penalty += x[j] ** 2
      f += a * (x[j] - 1) ** 2
    }
    for (let j = 0; j < n; j++) half[j] = a * (x[j] - 1) + 2 * x[j] * penalty
    return f + penalty ** 2
  })
}
