import { lower } from '../notation/lower.ts'
import { parse } from '../notation/parse.ts'
import type { Optimizer, OptimizerState, Overrides } from '../optimizer.ts'
import { createCode } from './code.ts'
import type { Part } from './part.ts'
import { ruleOptimizer } from './rule-optimizer.ts'
import { restoreState, savedOptions, saveState } from './saved-state.ts'
import type { TensorState } from './tensor-state.ts'
import type { Parameters } from './tensors.ts'

/** A rule that keeps what the gradient has become, for who takes it from there. */
const output: Part = {
  identity: 'output',
  link: {
    label: 'output',
    rule: parse('passed = 0\npassed = gradient'),
    hyperparameters: [],
    transform: true,
    keeps: ['passed'],
  },
  values: new Map(),
  flags: new Set(),
  ranges: new Map(),
  evaluation: 'passed',
  fill: undefined,
}

interface Inside {
  readonly before: OptimizerState
  readonly inner: OptimizerState
  readonly after: OptimizerState
}

/** By state: an optimizer made anew goes on with it. */
const insides = new WeakMap<OptimizerState, Inside>()

/**
 * Transforms around an optimizer that is no rule: one rule over the gradient before it, one over the weights after it.
 * The transformed gradient is kept in an array of its own.
 */
export function methodChain(
  name: string,
  optimizer: Optimizer,
  parts: { readonly before: readonly Part[]; readonly after: readonly Part[] },
): Optimizer {
  const ofRules = (own: readonly Part[]): Optimizer => {
    const identity = own.map((part) => part.identity).join(', ')
    return ruleOptimizer({
      name,
      identity,
      parts: own,
      code: createCode(lower(own.map(({ link }) => link)), false),
    })
  }
  const before = ofRules([...parts.before, output])
  const after = ofRules(parts.after.length === 0 ? [output] : parts.after)
  const stages = [before, optimizer, after]

  /** The overrides that a stage knows; a name that none knows is the optimizer's to refuse. */
  function own(stage: Optimizer, overrides: Overrides | undefined): Overrides | undefined {
    if (overrides === undefined) return undefined
    const known = Object.entries(overrides).filter(([key]) =>
      stage === optimizer
        ? !Object.hasOwn(before.hyperparameters, key) && !Object.hasOwn(after.hyperparameters, key)
        : Object.hasOwn(stage.hyperparameters, key),
    )
    return Object.fromEntries(known)
  }

  const whole: Optimizer = {
    ...optimizer,
    name,
    hyperparameters: Object.freeze(Object.assign({}, ...stages.map((stage) => stage.hyperparameters))),
    slots: stages.reduce((sum, stage) => sum + stage.slots, 0),

    init(parameters, options) {
      const states: Inside = {
        before: before.init(parameters, options),
        inner: optimizer.init(parameters, options),
        after: after.init(parameters, options),
      }
      const { inner } = states
      const tensors = Object.entries(inner.tensors).map(([tensor, state]) => {
        return [tensor, joined(state, states.before.tensors[tensor], states.after.tensors[tensor])] as const
      })
      const identity = `chain(${[...parts.before, { identity: inner.optimizer }, ...parts.after].map((part) => part.identity).join(', ')})`
      const state: OptimizerState = { ...inner, optimizer: identity, tensors: Object.fromEntries(tensors) }
      insides.set(state, states)
      return state
    },

    step(parameters, gradient, state, overrides) {
      const { before: first, inner, after: last } = inside(state)
      for (const each of [first, inner, last]) each.step = state.step
      before.step(parameters, gradient, first, own(before, overrides))
      const passed = before.evaluationParameters(first) ?? gradient
      const result = optimizer.step(parameters, passed, inner, own(optimizer, overrides))
      after.step(parameters, passed, last, own(after, overrides))
      state.step += 1
      return result
    },

    save: (state) => saveState(state),

    restore(saved, parameters, options) {
      const state = whole.init(parameters, savedOptions(saved, options))
      // Its arrays are those of the states inside.
      restoreState(saved, state)
      return state
    },

    evaluationParameters(state): Parameters | undefined {
      const { after: last, inner } = inside(state)
      return parts.after.length === 0
        ? optimizer.evaluationParameters(inner)
        : after.evaluationParameters(last)
    },
  }

  function inside(state: OptimizerState): Inside {
    const found = insides.get(state)
    if (found === undefined) throw new TypeError(`${name}: the state is of ${state.optimizer}`)
    return found
  }

  return whole
}

function joined(own: TensorState, before: TensorState, after: TensorState): TensorState {
  return {
    ...own,
    vectors: { ...after.vectors, ...before.vectors, ...own.vectors },
    scalars: { ...after.scalars, ...before.scalars, ...own.scalars },
  }
}
