import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Jennrich and Sampson: n = 2, m >= 2 (10). Minimum 124.36... at x_1 = x_2 = 0.2578... for m = 10.
 *
 *   r_i = 2 + 2 i - (exp(i x_1) + exp(i x_2))
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 6.
 */
export function jennrichSampson(m = 10): Problem {
  checkSize('jennrich_sampson', 'm', m, { least: 2 })
  const minima = m === 10 ? [124.36218235561485] : []
  return leastSquares({ name: 'jennrich_sampson', start: [0.3, 0.4], minima }, (x, half) => {
    let f = 0
    for (let i = 1; i <= m; i++) {
      const e1 = Math.exp(i * x[0])
      const e2 = Math.exp(i * x[1])
      const r = 2 + 2 * i - (e1 + e2)
      half[0] -= r * i * e1
      half[1] -= r * i * e2
      f += r ** 2
    }
    return f
  })
}
