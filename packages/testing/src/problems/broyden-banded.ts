import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Broyden banded: n >= 1, m = n. Minimum 0.
 *
 *   r_i = x_i (2 + 5 x_i^2) + 1 - sum over j != i in [i - 5, i + 1] and [1, n] of x_j (1 + x_j)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 31.
 */
export function broydenBanded(n: number): Problem {
  checkSize('broyden_banded', 'n', n, { least: 1 })
  const start = new Float64Array(n).fill(-1)
  return leastSquares({ name: `broyden_banded_${n}`, start, minima: [0] }, (x, half) => {
    let f = 0
    for (let i = 0; i < n; i++) {
      const first = Math.max(0, i - 5)
      const last = Math.min(n - 1, i + 1)
      let r = x[i] * (2 + 5 * x[i] ** 2) + 1
      for (let j = first; j <= last; j++) if (j !== i) r -= x[j] * (1 + x[j])
      for (let j = first; j <= last; j++) if (j !== i) half[j] -= r * (1 + 2 * x[j])
      half[i] += r * (2 + 15 * x[i] ** 2)
      f += r ** 2
    }
    return f
  })
}
