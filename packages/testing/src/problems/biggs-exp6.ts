import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Biggs EXP6: n = 6, m >= 6 (13). Minimum 0 at (1, 10, 1, 5, 4, 3), and 5.65...e-3 for m = 13.
 *
 *   r_i = x_3 exp(-t_i x_1) - x_4 exp(-t_i x_2) + x_6 exp(-t_i x_5) - y_i,  t_i = i / 10,
 *   y_i = exp(-t_i) - 5 exp(-10 t_i) + 3 exp(-4 t_i)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 18.
 */
export function biggsExp6(m = 13): Problem {
  checkSize('biggs_exp6', 'm', m, { least: 6 })
  const minima = m === 13 ? [0, 5.655649925499926e-3] : [0]
  return leastSquares({ name: 'biggs_exp6', start: [1, 2, 1, 1, 1, 1], minima }, (x, half) => {
    let f = 0
    for (let i = 1; i <= m; i++) {
      const t = i / 10
      const y = Math.exp(-t) - 5 * Math.exp(-10 * t) + 3 * Math.exp(-4 * t)
      const e1 = Math.exp(-t * x[0])
      const e2 = Math.exp(-t * x[1])
      const e5 = Math.exp(-t * x[4])
      const r = x[2] * e1 - x[3] * e2 + x[5] * e5 - y
      half[0] -= r * t * x[2] * e1
      half[1] += r * t * x[3] * e2
      half[2] += r * e1
      half[3] -= r * e2
      half[4] -= r * t * x[5] * e5
      half[5] += r * e5
      f += r ** 2
    }
    return f
  })
}
