import type { Geometry } from './geometry.ts'
import { createTwoLoop } from './two-loop.ts'
import type { VectorSpace } from './vector-space.ts'

/** The whole space: d = -H g, any step, the gradient itself must vanish. */
export function freeGeometry<V>(space: VectorSpace<V>, memory: number): Geometry<V> {
  const twoLoop = createTwoLoop(space, memory)
  const vectors: V[] = []
  const coefficients = new Float64Array(2)
  return {
    name: 'free',
    allProducts: false,
    enter() {},
    direct(point, history, direction) {
      twoLoop(history, point.gradient, direction)
      return 'ok'
    },
    resume() {},
    // The direction is -g: a step of length 1, whatever the scale of f.
    steepestStep: (_direction, slope) => 1 / Math.sqrt(-slope),
    largestStep: () => Infinity,
    move(point, direction, step, trial) {
      vectors[0] = point.x
      vectors[1] = direction
      coefficients[0] = 1
      coefficients[1] = step
      space.combine(coefficients, vectors, 2, trial.x)
    },
    measure: (trial, direction, out) => space.measure(trial.gradient, direction, out),
  }
}
