import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Broyden tridiagonal: n >= 1, m = n. Minimum 0.
 *
 *   r_i = (3 - 2 x_i) x_i - x_{i-1} - 2 x_{i+1} + 1,  x_0 = x_{n+1} = 0
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 30.
 */
export function broydenTridiagonal(n: number): Problem {
  checkSize('broyden_tri', 'n', n, { least: 1 })
  const start = new Float64Array(n).fill(-1)
  return leastSquares({ name: `broyden_tri_${n}`, start, minima: [0] }, (x, half) => {
    let f = 0
    for (let j = 0; j < n; j++) {
      const before = j > 0 ? x[j - 1] : 0
      const after = j < n - 1 ? x[j + 1] : 0
      const r = (3 - 2 * x[j]) * x[j] - before - 2 * after + 1
      half[j] += r * (3 - 4 * x[j])
      if (j > 0) half[j - 1] -= r
      if (j < n - 1) half[j + 1] -= 2 * r
      f += r ** 2
    }
    return f
  })
}
