import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

const minima: Readonly<Record<number, readonly number[]>> = {
  8: [3.51687372567793e-3],
  9: [0],
  10: [4.772713696375349e-3, 6.503954800882308e-3],
}

/**
 * Chebyquad: n >= 1, m = n.
 *
 *   r_i = (1 / n) sum_j T_i(x_j) - integral of T_i over [0, 1],
 *
 * with T_i the Chebyshev polynomials of [0, 1]; the integral is 0 for odd i, -1 / (i^2 - 1) for even i.
 * Source: Moré, Garbow & Hillstrom 1981, problem 35.
 */
export function chebyquad(n: number): Problem {
  checkSize('chebyquad', 'n', n, { least: 1 })
  const start = Float64Array.from({ length: n }, (_, j) => (j + 1) / (n + 1))
  const residuals = new Float64Array(n)
  const description = { name: `chebyquad_${n}`, start, minima: minima[n] ?? [] }
  return leastSquares(description, (x, half) => {
    for (let i = 1; i <= n; i++) residuals[i - 1] = i % 2 === 0 ? 1 / (i ** 2 - 1) : 0
    for (let j = 0; j < n; j++) {
      const z = 2 * x[j] - 1
      let previous = 1
      let value = z
      for (let i = 0; i < n; i++) {
        residuals[i] += value / n
        const next = 2 * z * value - previous
        previous = value
        value = next
      }
    }
    let f = 0
    for (let i = 0; i < n; i++) f += residuals[i] ** 2
    // T_i' = 2 i U_{i-1}, U the Chebyshev polynomials of the second kind of z = 2 x - 1.
    for (let j = 0; j < n; j++) {
      const z = 2 * x[j] - 1
      let previous = 0
      let second = 1
      for (let i = 0; i < n; i++) {
        half[j] += (residuals[i] * 2 * (i + 1) * second) / n
        const next = 2 * z * second - previous
        previous = second
        second = next
      }
    }
    return f
  })
}
