import type { Barrier } from './barrier.ts'
import type { Vector } from './problem.ts'

const c = [3, -2, 1]

function squaredNorm(x: Vector): number {
  return x[0] ** 2 + x[1] ** 2 + x[2] ** 2
}

/**
 * The lower half of a ball, tilted, on |x| < 1: n = 3, c = (3, -2, 1). Minimum -sqrt(15) at x = -c / sqrt(15). f is
 * bounded at the edge of its domain; its slope is not.
 *
 *   f = c'x - sqrt(1 - |x|^2)
 */
export const halfBall: Barrier = {
  name: 'half_ball',
  start: [-0.5, 0.5, 0],
  solution: c.map((value) => -value / Math.sqrt(15)),
  minimum: -Math.sqrt(15),
  isInside: (x) => squaredNorm(x) < 1,
  infiniteGradient: Number.NaN,
  evaluate(x, gradient) {
    const root = Math.sqrt(1 - squaredNorm(x))
    let f = -root
    for (let j = 0; j < 3; j++) {
      gradient[j] = c[j] + x[j] / root
      f += c[j] * x[j]
    }
    return f
  },
}
