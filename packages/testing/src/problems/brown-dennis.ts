import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Brown and Dennis: n = 4, m >= 4 (20). Minimum 85822.2... for m = 20.
 *
 *   r_i = (x_1 + t_i x_2 - exp(t_i))^2 + (x_3 + x_4 sin(t_i) - cos(t_i))^2,  t_i = i / 5
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 16.
 */
export function brownDennis(m = 20): Problem {
  checkSize('brown_dennis', 'm', m, { least: 4 })
  const minima = m === 20 ? [85822.20162635639] : []
  return leastSquares({ name: 'brown_dennis', start: [25, 5, -5, -1], minima }, (x, half) => {
    let f = 0
    for (let i = 1; i <= m; i++) {
      const t = i / 5
      const a = x[0] + t * x[1] - Math.exp(t)
      const b = x[2] + x[3] * Math.sin(t) - Math.cos(t)
      const r = a ** 2 + b ** 2
      half[0] += 2 * r * a
      half[1] += 2 * r * a * t
      half[2] += 2 * r * b
      half[3] += 2 * r * b * Math.sin(t)
      f += r ** 2
    }
    return f
  })
}
