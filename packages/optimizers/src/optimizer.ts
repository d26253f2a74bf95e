import type { Plan } from '@thalweg/kernels'
import { checkHyperparameter, type Range } from './hyperparameters.ts'
import { canonicalName } from './notation/names.ts'
import type { Program } from './notation/program.ts'
import { type ScalarProgram, scalarProgram } from './notation/scalars.ts'
import type { Pass } from './pass.ts'
import { restoreState, type SavedState, saveState } from './saved-state.ts'
import { checkAlike, checkNames, named, type Parameters, type Vector } from './tensors.ts'

/** What an optimizer keeps between steps for one tensor. */
export interface TensorState {
  /** Arrays of the tensor's length and precision, by the name they have in the rule. */
  readonly vectors: Readonly<Record<string, Vector>>
  /** Numbers that no vector feeds; f64. */
  readonly scalars: Map<string, number>
}

/** What an optimizer keeps between steps: plain data. */
export interface OptimizerState {
  /** Whose state it is; another optimizer refuses it. */
  readonly optimizer: string
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
  /** The state before the first step, laid in the same workspace as the parameters if they are in one; f32 or f64. */
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

/** Values of hyper-parameters, checked, and the ranges that overrides must keep to. */
interface Hyperparameters {
  readonly values: ReadonlyMap<string, number>
  readonly ranges: ReadonlyMap<string, Range>
}

/** The optimizer of a rule; its pass may be shared. */
export function ruleOptimizer(
  name: string,
  program: Program,
  pass: Pass,
  { values, ranges }: Hyperparameters,
): Optimizer {
  // Every rule given as text has the same name; what it keeps means something to itself alone.
  const identity = name === 'rule' ? `rule ${textHash(program.text)}` : name
  const scalarStates = program.states.filter((state) => state.shape === 'scalar')

  // Refilled at every step with overrides, so that a training loop does not make a map a step.
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
      if (value !== 0 || canonicalName(key) !== 'learningrate') {
        checkHyperparameter(name, key, value, ranges.get(key) ?? {})
      }
      overridden.set(key, value)
    }
    return overridden
  }

  const nextScalars = scalarProgram(scalarStates.map((each) => each.next))
  const nextValues = new Float64Array(scalarStates.length)

  /** Writes the pass's numbers for a step, and moves the tensor's own numbers on. */
  function writeScalars(
    compute: ScalarProgram,
    block: Float64Array,
    state: TensorState,
    step: number,
    hyperparameters: ReadonlyMap<string, number>,
  ): void {
    const inputs = { step, hyperparameters, states: state.scalars }
    compute(inputs, block)
    nextScalars(inputs, nextValues)
    for (let index = 0; index < scalarStates.length; index++) {
      state.scalars.set(scalarStates[index].name, nextValues[index])
    }
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
      return { optimizer: identity, step: 0, tensors: Object.fromEntries(tensors) }
    },

    step(parameters, gradient, state, overrides) {
      const hyperparameters = withOverrides(overrides)
      const tensors = named(parameters)
      const gradients = named(gradient)
      checkAlike(name, tensors, gradients, 'gradient')
      checkState(tensors, state)
      const step = state.step + 1
      for (const [tensor, vector] of Object.entries(tensors)) {
        const tensorState = state.tensors[tensor]
        pass.run(vector, gradients[tensor], tensorState.vectors, (compute, block) =>
          writeScalars(compute, block, tensorState, step, hyperparameters),
        )
      }
      state.step = step
      return { applied: true }
    },

    save: (state) => saveState(state),

    restore(saved, parameters) {
      const state = optimizer.init(parameters)
      restoreState(saved, state)
      return state
    },

    plan(plan, parameters, gradient, state) {
      const tensors = named(parameters)
      const gradients = named(gradient)
      checkAlike(name, tensors, gradients, 'gradient')
      checkState(tensors, state)
      const writers = Object.entries(tensors).map(([tensor, vector]) => {
        const tensorState = state.tensors[tensor]
        const { block, compute } = pass.plan(plan, vector, gradients[tensor], tensorState.vectors)
        return (hyperparameters: ReadonlyMap<string, number>) =>
          writeScalars(compute, block, tensorState, state.step, hyperparameters)
      })
      return (overrides) => {
        const hyperparameters = withOverrides(overrides)
        state.step += 1
        for (const write of writers) write(hyperparameters)
      }
    },
  }

  function checkState(tensors: Readonly<Record<string, Vector>>, state: OptimizerState): void {
    if (state.optimizer !== identity) throw new TypeError(`${name}: the state is of ${state.optimizer}`)
    checkNames(name, Object.keys(tensors), Object.keys(state.tensors), 'state')
    for (const vectorName of pass.vectors) {
      const kept = Object.entries(state.tensors).map(
        ([tensor, { vectors }]) => [tensor, vectors[vectorName]] as const,
      )
      checkAlike(name, tensors, Object.fromEntries(kept), `state ${vectorName} of`)
    }
  }

  return optimizer
}

/** FNV-1a, 32 bits, of the rule's words: layout does not count. */
function textHash(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text.split(/\s+/).join(' ')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
