import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Trigonometric: n >= 1, m = n. Minimum 0; 2.79...e-5 too for n = 10.
 *
 *   r_i = n - sum_j cos(x_j) + i (1 - cos(x_i)) - sin(x_i)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 26.
 */
export function trigonometric(n: number): Problem {
  checkSize('trigonometric', 'n', n, { least: 1 })
  const start = new Float64Array(n).fill(1 / n)
  const minima = n === 10 ? [0, 2.795056121879457e-5] : [0]
  return leastSquares({ name: `trigonometric_${n}`, start, minima }, (x, half) => {
    let cosines = 0
    for (let j = 0; j < n; j++) cosines += Math.cos(x[j])
    let total = 0
    let f = 0
    for (let j = 0; j < n; j++) {
      const cosine = Math.cos(x[j])
      const sine = Math.sin(x[j])
      const r = n - cosines + (j + 1) * (1 - cosine) - sine
      half[j] = r * ((j + 1) * sine - cosine)
      total += r
      f += r ** 2
    }
    for (let j = 0; j < n; j++) half[j] += total * Math.sin(x[j])
    return f
  })
}
