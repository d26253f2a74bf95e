import type { Plan } from '@thalweg/kernels'
import { checkHyperparameter } from './hyperparameters.ts'
import type { Node, Program } from './notation/program.ts'
import { scalarValue } from './notation/scalars.ts'
import { createPass } from './pass.ts'
import { restoreState, type SavedState, saveState } from './saved-state.ts'
import { checkAlike, named, type Parameters, type Vector } from './tensors.ts'

/** What an optimizer keeps between steps for one tensor. */
export interface TensorState {
  /** Arrays of the tensor's length and precision, by the name they have in the rule. */
  readonly vectors: Readonly<Record<string, Vector>>
  /** Numbers that no vector feeds; f64. */
  readonly scalars: Map<string, number>
}

/** What an optimizer keeps between steps: plain data. */
export interface OptimizerState {
  /** Completed steps. */
  step: number
  readonly tensors: Readonly<Record<string, TensorState>>
}

/** Values of hyper-parameters for one step, such as a scheduled learning rate. */
export type Overrides = Readonly<Record<string, number>>

/**
 * An update rule with its hyper-parameters. It holds no state: `init` makes it, `step` changes it in place.
 *
 * @example
 * const optimizer = adam({ learningRate: 1e-3 })
 * const state = optimizer.init(weights)
 * optimizer.step(weights, gradient, state, { learningRate: schedule(k) })
 */
export interface Optimizer {
  readonly name: string
  readonly hyperparameters: Readonly<Record<string, number>>
  /** Numbers kept per parameter between steps: what the state takes, in parameters. */
  readonly slots: number
  /** The state before the first step, laid in the same workspace as the parameters if they are in one. */
  init(parameters: Parameters): OptimizerState
  /**
   * One update, in place. Throws TypeError when gradient or state do not fit the parameters, RangeError for an override
   * out of range; nothing is changed then.
   */
  step(
    parameters: Parameters,
    gradient: Parameters,
    state: OptimizerState,
    overrides?: Overrides,
  ): { readonly applied: boolean }
  /** The state as plain data that survives JSON bit for bit, keyed by tensor name. */
  save(state: OptimizerState): SavedState
  /** The saved state for these parameters; throws TypeError naming what does not fit. */
  restore(saved: SavedState, parameters: Parameters): OptimizerState
  /**
   * Appends the update to a plan over the workspace in which all arrays lie. The function returned must be called
   * before every run of the plan: it counts the step and writes its numbers.
   */
  plan(
    plan: Plan,
    parameters: Parameters,
    gradient: Parameters,
    state: OptimizerState,
  ): (overrides?: Overrides) => void
}

/** The optimizer of a rule; `values` are its hyper-parameters, checked. */
export function ruleOptimizer(
  name: string,
  program: Program,
  values: ReadonlyMap<string, number>,
): Optimizer {
  const pass = createPass(program)
  const scalarStates = program.states.filter((state) => state.shape === 'scalar')

  // Refilled at every step with overrides: a training loop makes no garbage.
  const overridden = new Map(values)

  function withOverrides(overrides: Overrides | undefined): ReadonlyMap<string, number> {
    if (overrides === undefined) return values
    for (const [key, value] of values) overridden.set(key, value)
    for (const key in overrides) {
      const value = overrides[key]
      if (!values.has(key)) {
        throw new TypeError(
          `${name}: unknown hyper-parameter "${key}"; there are: ${[...values.keys()].join(', ')}`,
        )
      }
      // A schedule may reach 0 exactly; a configured rate may not.
      if (!(key === 'learningRate' && value === 0)) checkHyperparameter(name, key, value)
      overridden.set(key, value)
    }
    return overridden
  }

  /** Writes the pass's numbers for a step, and moves the tensor's own numbers on. */
  function writeScalars(
    block: Float64Array,
    nodes: readonly Node[],
    state: TensorState,
    step: number,
    hyperparameters: ReadonlyMap<string, number>,
  ): void {
    const inputs = { step, hyperparameters, states: state.scalars }
    for (let index = 0; index < nodes.length; index++) block[index] = scalarValue(nodes[index], inputs)
    if (scalarStates.length === 0) return
    const next = scalarStates.map((each) => scalarValue(each.next, inputs))
    scalarStates.forEach((each, index) => {
      state.scalars.set(each.name, next[index])
    })
  }

  const optimizer: Optimizer = {
    name,
    hyperparameters: Object.fromEntries(values),
    slots: pass.vectors.length,

    init(parameters) {
      const tensors = Object.entries(named(parameters)).map(([tensor, vector]) => {
        const scalars = new Map(scalarStates.map((state) => [state.name, state.initial]))
        return [tensor, { vectors: pass.initialVectors(vector), scalars }] as const
      })
      return { step: 0, tensors: Object.fromEntries(tensors) }
    },

    step(parameters, gradient, state, overrides) {
      const hyperparameters = withOverrides(overrides)
      const tensors = named(parameters)
      const gradients = named(gradient)
      checkAlike(name, tensors, gradients, 'gradient')
      checkState(tensors, state)
      state.step += 1
      for (const [tensor, vector] of Object.entries(tensors)) {
        const tensorState = state.tensors[tensor]
        pass.run(vector, gradients[tensor], tensorState.vectors, (block, nodes) =>
          writeScalars(block, nodes, tensorState, state.step, hyperparameters),
        )
      }
      return { applied: true }
    },

    save: (state) => saveState(name, state),

    restore(saved, parameters) {
      const state = optimizer.init(parameters)
      restoreState(name, saved, state)
      return state
    },

    plan(plan, parameters, gradient, state) {
      const tensors = named(parameters)
      const gradients = named(gradient)
      checkAlike(name, tensors, gradients, 'gradient')
      checkState(tensors, state)
      const writers = Object.entries(tensors).map(([tensor, vector]) => {
        const tensorState = state.tensors[tensor]
        const { block, nodes } = pass.plan(plan, vector, gradients[tensor], tensorState.vectors)
        return (hyperparameters: ReadonlyMap<string, number>) =>
          writeScalars(block, nodes, tensorState, state.step, hyperparameters)
      })
      return (overrides) => {
        const hyperparameters = withOverrides(overrides)
        state.step += 1
        for (const write of writers) write(hyperparameters)
      }
    },
  }

  function checkState(tensors: Readonly<Record<string, Vector>>, state: OptimizerState): void {
    for (const vectorName of pass.vectors) {
      const kept = Object.entries(state.tensors).map(
        ([tensor, { vectors }]) => [tensor, vectors[vectorName]] as const,
      )
      checkAlike(name, tensors, Object.fromEntries(kept), `state ${vectorName} of`)
    }
  }

  return optimizer
}
