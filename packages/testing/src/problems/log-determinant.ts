import type { Barrier } from './barrier.ts'

/**
 * The determinant of a positive definite matrix X = [x_1 x_2; x_2 x_3], C = [4 1; 1 3]: n = 3. Minimum 2 + log 11 at
 * X = C^-1 = [3 -1; -1 4] / 11.
 *
 *   f = tr(C X) - log det X
 */
export const logDeterminant: Barrier = {
  name: 'log_determinant',
  start: [1, 0.2, 0.3],
  solution: [3 / 11, -1 / 11, 4 / 11],
  minimum: 2 + Math.log(11),
  isInside: (x) => x[0] > 0 && x[0] * x[2] > x[1] ** 2,
  infiniteGradient: Number.NaN,
  evaluate(x, gradient) {
    const determinant = x[0] * x[2] - x[1] ** 2
    gradient[0] = 4 - x[2] / determinant
    gradient[1] = 2 + (2 * x[1]) / determinant
    gradient[2] = 3 - x[0] / determinant
    return 4 * x[0] + 2 * x[1] + 3 * x[2] - Math.log(determinant)
  },
}
