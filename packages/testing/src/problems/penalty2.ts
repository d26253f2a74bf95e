import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

const minima: Readonly<Record<number, readonly number[]>> = {
  4: [9.376293007355447e-6],
  10: [2.9366053745674594e-4],
}
const a = 1e-5

/**
 * Penalty II: n >= 2, m = 2 n.
 *
 *   r_1 = x_1 - 0.2,
 *   r_i = sqrt(a) (exp(x_i / 10) + exp(x_{i-1} / 10) - y_i),  2 <= i <= n,  y_i = exp(i / 10) + exp((i - 1) / 10),
 *   r_i = sqrt(a) (exp(x_{i-n+1} / 10) - exp(-1 / 10)),  n < i < 2 n,
 *   r_{2n} = sum_j (n - j + 1) x_j^2 - 1,  a = 10^-5
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 24.
 */
export function penalty2(n: number): Problem {
  checkSize('penalty2', 'n', n, { least: 2 })
  const start = new Float64Array(n).fill(0.5)
  return leastSquares({ name: `penalty2_${n}`, start, minima: minima[n] ?? [] }, (x, half) => {
    let penalty = -1
    for (let j = 0; j < n; j++) penalty += (n - j) * x[j] ** 2
    for (let j = 0; j < n; j++) half[j] = 2 * (n - j) * x[j] * penalty
    const first = x[0] - 0.2
    half[0] += first
    let f = penalty ** 2 + first ** 2
    for (let j = 1; j < n; j++) {
      const e = Math.exp(x[j] / 10)
      const before = Math.exp(x[j - 1] / 10)
      const pair = e + before - (Math.exp((j + 1) / 10) + Math.exp(j / 10))
      const single = e - Math.exp(-0.1)
      half[j] += (a * (pair + single) * e) / 10
      half[j - 1] += (a * pair * before) / 10
      f += a * (pair ** 2 + single ** 2)
    }
    return f
  })
}
