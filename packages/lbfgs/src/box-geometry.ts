import type { Bounds } from './box/bounds.ts'
import { createBox } from './box/box.ts'
import type { Geometry } from './geometry.ts'
import type { Vector } from './vector.ts'
import type { VectorSpace } from './vector-space.ts'

/**
 * L-BFGS-B: the direction leads to the minimiser of the quadratic model in the box; no point outside is ever evaluated.
 * What must vanish is the projected gradient.
 */
export function boxGeometry<A extends Vector>(
  space: VectorSpace<A>,
  memory: number,
  bounds: Bounds,
): Geometry<A> {
  const box = createBox(bounds, memory)
  /** Where step 1 leads, exactly. */
  const target = space.create()
  return {
    name: 'box',
    allProducts: true,
    enter: (x) => bounds.clip(x),
    direct: (point, history, direction) =>
      box.direction(point.x, point.gradient, history, direction, target) === 'ok' ? 'ok' : 'reset',
    resume(point, history, direction) {
      box.direction(point.x, point.gradient, history, direction, target)
    },
    steepestStep: (direction) => (bounds.boxed ? 1 : 1 / Math.sqrt(sumOfSquares(direction))),
    largestStep: () => box.stepMax,
    move(point, direction, step, trial) {
      if (step === 1) {
        trial.x.set(target)
        return
      }
      for (let i = 0; i < direction.length; i++) trial.x[i] = point.x[i] + step * direction[i]
      bounds.clip(trial.x)
    },
    measure(trial, direction, out) {
      let slope = 0
      for (let i = 0; i < direction.length; i++) slope += trial.gradient[i] * direction[i]
      out[0] = slope
      out[1] = bounds.projectedGradientNorm(trial.x, trial.gradient)
    },
  }
}

function sumOfSquares(vector: Vector): number {
  let sum = 0
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i]
  return sum
}
