import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Gulf research and development: n = 3, m in [3, 100] (99). Minimum 0 at (50, 25, 1.5).
 *
 *   r_i = exp(-|y_i - x_2|^x_3 / x_1) - t_i,  t_i = i / 100,  y_i = 25 + (-50 ln t_i)^(2/3)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 11, whose "y_i m i x_2" is a misprint of "y_i - x_2".
 */
export function gulf(m = 99): Problem {
  checkSize('gulf', 'm', m, { least: 3, most: 100 })
  const y = Float64Array.from({ length: m }, (_, i) => 25 + (-50 * Math.log((i + 1) / 100)) ** (2 / 3))
  return leastSquares({ name: 'gulf', start: [5, 2.5, 0.15], minima: [0] }, (x, half) => {
    let f = 0
    for (let i = 0; i < m; i++) {
      const d = y[i] - x[1]
      const distance = Math.abs(d)
      const power = distance ** x[2] / x[0]
      const e = Math.exp(-power)
      const r = e - (i + 1) / 100
      f += r ** 2
      half[0] += (r * e * power) / x[0]
      if (distance === 0) continue
      half[1] += (r * e * power * x[2]) / d
      half[2] -= r * e * power * Math.log(distance)
    }
    return f
  })
}
