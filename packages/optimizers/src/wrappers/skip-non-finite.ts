import type { Optimizer } from '../optimizer.ts'
import { named, type Vector } from '../runtime/tensors.ts'

/**
 * Leaves out every step whose gradient holds a number that is not finite: parameters and state stay as they are, the
 * step does not count, and `applied` is false. The loop decides what becomes of its schedule.
 *
 * One more look at the gradient a step. States are those of the optimizer inside.
 *
 * @example skipNonFinite(chain(clipByGlobalNorm(1), adam()))
 */
export function skipNonFinite(optimizer: Optimizer): Optimizer {
  const name = `skipNonFinite(${optimizer.name})`
  return {
    ...optimizer,
    name,
    plannable: false,
    step(parameters, gradient, state, overrides) {
      // Frozen tensors have no state, and no say.
      const trained = Object.entries(named(gradient)).filter(([tensor]) =>
        Object.hasOwn(state.tensors, tensor),
      )
      return trained.every(([, vector]) => isFiniteVector(vector))
        ? optimizer.step(parameters, gradient, state, overrides)
        : { applied: false }
    },
    plan() {
      throw new TypeError(`${name}: whether a step is taken cannot be planned; call step`)
    },
  }
}

/** Zero times a number is 0, unless it is not finite: one addition an element, and one look at the end. */
function isFiniteVector(vector: Vector): boolean {
  let [even, odd] = [0, 0]
  const pairs = vector.length & -2
  for (let index = 0; index < pairs; index += 2) {
    even += 0 * vector[index]
    odd += 0 * vector[index + 1]
  }
  if (pairs < vector.length) even += 0 * vector[pairs]
  return even + odd === 0
}
