import { leastSquares } from './least-squares.ts'
import type { Problem } from './problem.ts'

/**
 * Wood: n = 4, m = 6. Minimum 0 at (1, 1, 1, 1).
 *
 *   r_1 = 10 (x_2 - x_1^2),  r_2 = 1 - x_1,  r_3 = sqrt(90) (x_4 - x_3^2),  r_4 = 1 - x_3,
 *   r_5 = sqrt(10) (x_2 + x_4 - 2),  r_6 = (x_2 - x_4) / sqrt(10)
 *
 * Source: Moré, Garbow & Hillstrom 1981, problem 14.
 */
export function wood(): Problem {
  return leastSquares({ name: 'wood', start: [-3, -1, -3, -1], minima: [0] }, (x, half) => {
    const a = x[1] - x[0] ** 2
    const b = x[3] - x[2] ** 2
    const sum = x[1] + x[3] - 2
    const difference = x[1] - x[3]
    half[0] = -200 * x[0] * a - (1 - x[0])
    half[1] = 100 * a + 10 * sum + difference / 10
    half[2] = -180 * x[2] * b - (1 - x[2])
    half[3] = 90 * b + 10 * sum - difference / 10
    return (
      100 * a ** 2 + (1 - x[0]) ** 2 + 90 * b ** 2 + (1 - x[2]) ** 2 + 10 * sum ** 2 + difference ** 2 / 10
    )
  })
}
