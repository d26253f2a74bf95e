import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

const minima: Readonly<Record<number, readonly number[]>> = {
  6: [2.2876700535524167e-3],
  9: [1.399760138104465e-6],
}

/**
 * Watson: n in [2, 31], m = 31.
 *
 *   r_i = sum_{j=2}^n (j - 1) x_j t_i^(j-2) - (sum_{j=1}^n x_j t_i^(j-1))^2 - 1,  t_i = i / 29,  i <= 29,
 *   r_30 = x_1,  r_31 = x_2 - x_1^2 - 1
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 20.
 */
export function watson(n: number): Problem {
  checkSize('watson', 'n', n, { least: 2, most: 31 })
  const description = { name: `watson_${n}`, start: new Float64Array(n), minima: minima[n] ?? [] }
  return leastSquares(description, (x, half) => {
    const r31 = x[1] - x[0] ** 2 - 1
    let f = x[0] ** 2 + r31 ** 2
    half[0] = x[0] - 2 * x[0] * r31
    half[1] = r31
    for (let i = 1; i <= 29; i++) {
      const t = i / 29
      let value = 0
      let slope = 0
      for (let j = n - 1; j >= 0; j--) {
        slope = slope * t + value
        value = value * t + x[j]
      }
      const r = slope - value ** 2 - 1
      let power = 1 / t
      for (let j = 0; j < n; j++) {
        half[j] += r * power * (j - 2 * value * t)
        power *= t
      }
      f += r ** 2
    }
    return f
  })
}
