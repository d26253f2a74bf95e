import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

const y = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39]

/**
 * Bard: n = 3, m = 15. Minimum 8.21...e-3; f -> 17.42... for (0.8406..., -inf, -inf).
 *
 *   r_i = y_i - (x_1 + u / (v x_2 + w x_3)),  u = i, v = 16 - i, w = min(u, v)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 8.
 */
export function bard(): Problem {
  const minima = [8.214877306578982e-3]
  return leastSquares({ name: 'bard', start: [1, 1, 1], minima }, (x, half) => {
    let f = 0
    for (let i = 1; i <= y.length; i++) {
      const v = 16 - i
      const w = Math.min(i, v)
      const bottom = v * x[1] + w * x[2]
      const r = y[i - 1] - (x[0] + i / bottom)
      const slope = (r * i) / bottom ** 2
      half[0] -= r
      half[1] += slope * v
      half[2] += slope * w
      f += r ** 2
    }
    return f
  })
}
