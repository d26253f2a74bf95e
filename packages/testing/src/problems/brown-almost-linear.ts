import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Brown almost-linear: n >= 2, m = n. Minimum 0 at (1, ..., 1). The paper also lists 1 at (0, ..., 0, n + 1),
 * a stationary point from which f falls along a line.
 *
 *   r_i = x_i + sum_j x_j - (n + 1),  i < n,  r_n = prod_j x_j - 1
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 27.
 */
export function brownAlmostLinear(n: number): Problem {
  checkSize('brown_almost_linear', 'n', n, { least: 2 })
  const start = new Float64Array(n).fill(0.5)
  return leastSquares({ name: `brown_almost_linear_${n}`, start, minima: [0, 1] }, (x, half) => {
    let sum = -(n + 1)
    for (let j = 0; j < n; j++) sum += x[j]
    let total = 0
    let f = 0
    for (let j = 0; j < n - 1; j++) {
      const r = x[j] + sum
      half[j] = r
      total += r
      f += r ** 2
    }
    // The product of all others, without a division: those before times those after.
    let product = 1
    for (let j = 0; j < n; j++) product *= x[j]
    const last = product - 1
    let before = 1
    for (let j = 0; j < n; j++) {
      let others = before
      for (let k = j + 1; k < n; k++) others *= x[k]
      half[j] += total + last * others
      before *= x[j]
    }
    return f + last ** 2
  })
}
