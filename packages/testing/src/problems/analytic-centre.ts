import { type Barrier, isPositive } from './barrier.ts'
import type { Vector } from './problem.ts'

const weights = [1, 2, 3, 1, 2]

function slack(x: Vector): number {
  let rest = 1
  for (const value of x) rest -= value
  return rest
}

/**
 * The weighted analytic centre of the simplex, on x > 0, sum_j x_j < 1: n = 5, w = (1, 2, 3, 1, 2). Minimum
 * -sum_j w_j log(w_j / 10) - log(1 / 10) at x = w / 10.
 *
 *   f = -sum_j w_j log x_j - log(1 - sum_j x_j)
 */
export const analyticCentre: Barrier = {
  name: 'analytic_centre',
  start: [0.02, 0.02, 0.02, 0.9, 0.02],
  solution: weights.map((w) => w / 10),
  minimum: weights.reduce((sum, w) => sum - w * Math.log(w / 10), Math.log(10)),
  isInside: (x) => isPositive(x) && slack(x) > 0,
  infiniteGradient: Number.NaN,
  evaluate(x, gradient) {
    const rest = slack(x)
    let f = -Math.log(rest)
    for (let j = 0; j < weights.length; j++) {
      gradient[j] = 1 / rest - weights[j] / x[j]
      f -= weights[j] * Math.log(x[j])
    }
    return f
  },
}
