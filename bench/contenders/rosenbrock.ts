import type { Objective } from '../../packages/lbfgs/src/index.ts'
import type { MinimiserTask } from './minimiser.ts'

type DoubleObjective = Objective<Float64Array>

/** (-1.2, 1, -1.2, 1, …) */
export function rosenbrockStart(length: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length }, (_, j) => (j % 2 === 0 ? -1.2 : 1))
}

export const rosenbrock: Readonly<Record<MinimiserTask['variant'], DoubleObjective>> = {
  /** The sum over even j of 100 (x_{j+1} - x_j^2)^2 + (1 - x_j)^2. */
  extended(x, gradient) {
    let f = 0
    for (let j = 0; j < x.length; j += 2) {
      const bend = x[j + 1] - x[j] * x[j]
      const rest = 1 - x[j]
      f += 100 * bend * bend + rest * rest
      gradient[j] = -400 * x[j] * bend - 2 * rest
      gradient[j + 1] = 200 * bend
    }
    return f
  },

  /** The sum over all j < n - 1. */
  chained(x, gradient) {
    let f = 0
    let carried = 0
    const last = x.length - 1
    for (let j = 0; j < last; j++) {
      const bend = x[j + 1] - x[j] * x[j]
      const rest = 1 - x[j]
      f += 100 * bend * bend + rest * rest
      gradient[j] = carried - 400 * x[j] * bend - 2 * rest
      carried = 200 * bend
    }
    gradient[last] = carried
    return f
  },
}
