import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Extended Rosenbrock: n even, m = n. Minimum 0 at (1, ..., 1).
 *
 *   r_{2i-1} = 10 (x_{2i} - x_{2i-1}^2),  r_{2i} = 1 - x_{2i-1}
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 21.
 */
export function extendedRosenbrock(n: number): Problem {
  checkSize('ext_rosenbrock', 'n', n, { least: 2, of: 2 })
  const start = Float64Array.from({ length: n }, (_, j) => (j % 2 === 0 ? -1.2 : 1))
  return leastSquares({ name: `ext_rosenbrock_${n}`, start, minima: [0] }, (x, half) => {
    let f = 0
    for (let j = 0; j < n; j += 2) {
      const r1 = 10 * (x[j + 1] - x[j] * x[j])
      const r2 = 1 - x[j]
      half[j] = -20 * x[j] * r1 - r2
      half[j + 1] = 10 * r1
      f += r1 * r1 + r2 * r2
    }
    return f
  })
}
