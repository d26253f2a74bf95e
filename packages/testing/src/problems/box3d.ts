import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Box three-dimensional: n = 3, m >= 3 (10). Minimum 0 at (1, 10, 1), (10, 1, -1) and where x_1 = x_2, x_3 = 0.
 *
 *   r_i = exp(-t_i x_1) - exp(-t_i x_2) - x_3 (exp(-t_i) - exp(-10 t_i)),  t_i = i / 10
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 12.
 */
export function box3d(m = 10): Problem {
  checkSize('box3d', 'm', m, { least: 3 })
  return leastSquares({ name: 'box3d', start: [0, 10, 20], minima: [0] }, (x, half) => {
    let f = 0
    for (let i = 1; i <= m; i++) {
      const t = i / 10
      const e1 = Math.exp(-t * x[0])
      const e2 = Math.exp(-t * x[1])
      const d = Math.exp(-t) - Math.exp(-10 * t)
      const r = e1 - e2 - x[2] * d
      half[0] -= r * t * e1
      half[1] += r * t * e2
      half[2] -= r * d
      f += r ** 2
    }
    return f
  })
}
