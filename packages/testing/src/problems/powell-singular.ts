import { leastSquares } from './least-squares.ts'
import { checkSize, type Problem } from './problem.ts'

/**
 * Powell singular: n = 4, m = 4. Minimum 0 at the origin, where the Hessian is singular.
 *
 *   r_1 = x_1 + 10 x_2,  r_2 = sqrt(5) (x_3 - x_4),  r_3 = (x_2 - 2 x_3)^2,  r_4 = sqrt(10) (x_1 - x_4)^2
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 13.
 */
export function powellSingular(): Problem {
  return blocks('powell_singular', 4)
}

/**
 * Extended Powell singular: n a multiple of 4, m = n. Powell singular for each four coordinates. Minimum 0.
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 22.
 */
export function extendedPowellSingular(n: number): Problem {
  checkSize('ext_powell_singular', 'n', n, { least: 4, of: 4 })
  return blocks(`ext_powell_singular_${n}`, n)
}

function blocks(name: string, n: number): Problem {
  const start = Float64Array.from({ length: n }, (_, j) => [3, -1, 0, 1][j % 4])
  return leastSquares({ name, start, minima: [0] }, (x, half) => {
    let f = 0
    for (let j = 0; j < n; j += 4) {
      const r1 = x[j] + 10 * x[j + 1]
      const d = x[j + 2] - x[j + 3]
      const a = x[j + 1] - 2 * x[j + 2]
      const b = x[j] - x[j + 3]
      half[j] = r1 + 20 * b ** 3
      half[j + 1] = 10 * r1 + 2 * a ** 3
      half[j + 2] = 5 * d - 4 * a ** 3
      half[j + 3] = -5 * d - 20 * b ** 3
      f += r1 ** 2 + 5 * d ** 2 + a ** 4 + 10 * b ** 4
    }
    return f
  })
}
