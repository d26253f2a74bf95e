import { defineRule } from '../define-rule.ts'
import type { Optimizer, OptimizerState } from '../optimizer.ts'
import { restoreState, savedOptions, saveState } from '../runtime/saved-state.ts'
import type { TensorState } from '../runtime/tensor-state.ts'
import {
  allocateVector,
  flatName,
  isVector,
  named,
  type Parameters,
  type Vector,
} from '../runtime/tensors.ts'

const gathers = {
  // Exactly the first gradient after the first call, because the sum starts from 0.
  mean: defineRule({ name: 'mean', source: '', hyperparameters: {}, rule: 'w += (gradient - w) / t' })(),
  sum: defineRule({ name: 'sum', source: '', hyperparameters: {}, rule: 'w += gradient' })(),
}

/** What an accumulating state stands over. */
interface Inside {
  readonly inner: OptimizerState
  readonly gathered: Parameters
  readonly gathering: OptimizerState
  /** Steps that the optimizer has counted, by tensor: not one a group where it skips some. */
  readonly counted: readonly Float64Array[]
}

/** By state: an optimizer made anew goes on with it. */
const insides = new WeakMap<OptimizerState, Inside>()

/**
 * Gathers the gradients of several steps, and lets the optimizer see their mean (or sum) as one. `applied` is true for
 * the last step of each group; only that one counts as a step of the optimizer, with that step's overrides.
 *
 * Throws RangeError unless `steps` is a whole number from 1 on.
 *
 * @example accumulate(adam(), { steps: 4 })
 */
export function accumulate(
  optimizer: Optimizer,
  { steps, reduce = 'mean' }: { readonly steps: number; readonly reduce?: 'mean' | 'sum' },
): Optimizer {
  const name = `accumulate(${optimizer.name})`
  if (!(Number.isSafeInteger(steps) && steps >= 1)) {
    throw new RangeError(`${name}: steps must be a whole number in [1, ∞), got ${steps}`)
  }
  if (!Object.hasOwn(gathers, reduce)) {
    throw new TypeError(`${name}: reduce must be "mean" or "sum", got ${String(reduce)}`)
  }
  const gather = gathers[reduce]
  const whole: Optimizer = {
    ...optimizer,
    name,
    slots: optimizer.slots + 1,
    plannable: false,

    init(parameters, options) {
      const inner = optimizer.init(parameters, options)
      const tensors = named(parameters)
      const arrays = Object.fromEntries(
        Object.keys(inner.tensors).map((tensor) => [tensor, allocateVector(tensors[tensor])]),
      )
      const gathered = isVector(parameters) ? arrays[flatName] : arrays
      const counts = Object.fromEntries(
        Object.keys(inner.tensors).map((tensor) => [tensor, new Float64Array(1)]),
      )
      const outer: OptimizerState = {
        optimizer: identityOf(inner),
        outputs: inner.outputs,
        step: 0,
        tensors: Object.fromEntries(
          Object.entries(inner.tensors).map(([tensor, state]) => [
            tensor,
            withOwn(state, arrays[tensor], counts[tensor]),
          ]),
        ),
      }
      insides.set(outer, {
        inner,
        gathered,
        gathering: gather.init(gathered),
        counted: Object.values(counts),
      })
      return outer
    },

    step(parameters, gradient, state, overrides) {
      const { inner, gathered, gathering, counted } = inside(state)
      gathering.step = state.step % steps
      const last = gathering.step === steps - 1
      const vectors = Object.values(named(gathered))
      const before = last ? vectors.map((vector) => vector.slice()) : []
      gather.step(gathered, trainedPart(gradient, gathered), gathering)
      let result = { applied: false }
      if (last) {
        inner.step = Math.max(0, ...counted.map(([count]) => count))
        try {
          result = optimizer.step(parameters, gathered, inner, overrides)
        } catch (error) {
          for (const [index, copy] of before.entries()) vectors[index].set(copy)
          throw error
        }
        for (const count of counted) count[0] = inner.step
        for (const vector of vectors) vector.fill(0)
      }
      state.step += 1
      return result
    },

    save: (state) => saveState(state),

    restore(saved, parameters, options) {
      const state = whole.init(parameters, savedOptions(saved, options))
      // Its arrays are those of the state inside.
      restoreState(saved, state)
      return state
    },

    evaluationParameters: (state) => optimizer.evaluationParameters(inside(state).inner),

    plan() {
      throw new TypeError(`${name}: not every step is the same, so there is no plan; call step`)
    },
  }

  /** Half-gathered gradients mean something to the same group length and the same way of joining them alone. */
  function identityOf({ optimizer: inner }: OptimizerState): string {
    return `accumulate(${inner}, ${reduce} of ${steps})`
  }

  function inside(state: OptimizerState): Inside {
    const found = insides.get(state)
    if (found === undefined || state.optimizer !== identityOf(found.inner))
      throw new TypeError(`${name}: the state is of ${state.optimizer}`)
    return found
  }

  return whole
}

/** A tensor's state with what is accumulated for it, told from the names that are there. */
function withOwn(state: TensorState, gathered: Vector, counted: Float64Array): TensorState {
  let prefix = ''
  while (Object.hasOwn(state.vectors, `${prefix}gathered`)) prefix += 'accumulate.'
  return {
    ...state,
    vectors: { ...state.vectors, [`${prefix}gathered`]: gathered },
    scalars: { ...state.scalars, [`${prefix}counted`]: counted },
  }
}

/** The gradients of the tensors that are trained. */
function trainedPart(gradient: Parameters, gathered: Parameters): Parameters {
  if (isVector(gradient) || isVector(gathered)) return gradient
  return Object.fromEntries(Object.entries(gradient).filter(([tensor]) => Object.hasOwn(gathered, tensor)))
}
