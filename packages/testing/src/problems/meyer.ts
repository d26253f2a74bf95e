import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const y = [
  34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872,
]

/**
 * Meyer: n = 3, m = 16. Minimum 87.94... .
 *
 *   r_i = x_1 exp(x_2 / (t_i + x_3)) - y_i,  t_i = 45 + 5 i
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 10.
 */
export function meyer(): Problem {
  const minima = [87.94585517085119]
  return leastSquares({ name: 'meyer', start: [0.02, 4000, 250], minima }, (x, half) => {
    let f = 0
    for (let i = 1; i <= y.length; i++) {
      const t = 45 + 5 * i + x[2]
      const e = Math.exp(x[1] / t)
      const r = x[0] * e - y[i - 1]
      const slope = (r * x[0] * e) / t
      half[0] += r * e
      half[1] += slope
      half[2] -= (slope * x[1]) / t
      f += r ** 2
    }
    return f
  })
}
