import type { Plan } from '@thalweg/kernels'
import type { Convention } from './convention.ts'
import type { SavedState } from './runtime/saved-state.ts'
import type { TensorState } from './runtime/tensor-state.ts'
import type { Parameters } from './runtime/tensors.ts'

/** What an optimizer keeps between steps: plain data. */
export interface OptimizerState {
  /** Whose state it is; another optimizer refuses it. */
  readonly optimizer: string
  /** Completed steps; `accumulate` counts gradients. */
  step: number
  /** Which dimension of a matrix counts a layer's outputs. */
  readonly outputs: 'first' | 'last'
  readonly tensors: Readonly<Record<string, TensorState>>
}

/** Values of hyper-parameters for one step, such as a scheduled learning rate. */
export type Overrides = Readonly<Record<string, number>>

export interface InitOptions {
  /** The dimensions of tensors, by name, for what works on rows or matrices; a tensor without one is a vector. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>
  /** Which dimension of a matrix counts a layer's outputs: the first by default, as in PyTorch; Keras has the last. */
  readonly outputs?: 'first' | 'last'
}

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
  /** Whose form it is, where there are several. */
  readonly convention: Convention | undefined
  readonly hyperparameters: Readonly<Record<string, number | boolean>>
  /** Numbers kept per parameter between steps: what the state takes, in parameters. */
  readonly slots: number
  /** Whether an update depends on which numbers belong to one tensor: then named tensors are another problem than one flat array. */
  readonly perTensor: boolean
  /** Whether `plan` can lay the update down; if not, it is `step` that must be called. */
  readonly plannable: boolean
  /**
   * The state before the first step: beside the parameters if they lie in a workspace, else in memory that kernels can
   * reach. Throws RangeError for a shape that does not fit.
   */
  init(parameters: Parameters, options?: InitOptions): OptimizerState
  /**
   * One update, in place; `applied` is false where the parameters were left as they are. Throws TypeError when gradient
   * or state do not fit the parameters, RangeError for an override out of range; nothing is changed then.
   */
  step(
    parameters: Parameters,
    gradient: Parameters,
    state: OptimizerState,
    overrides?: Overrides,
  ): { readonly applied: boolean }
  /** The state as plain data that survives JSON bit for bit, keyed by tensor name. */
  save(state: OptimizerState): SavedState
  /** The saved state for these parameters, whose shapes it knows; throws TypeError naming what does not fit. */
  restore(saved: SavedState, parameters: Parameters, options?: InitOptions): OptimizerState
  /**
   * The parameters to evaluate and to keep, for methods that train others: an average of the weights. They lie in the
   * state and change with it. Undefined where they are the parameters themselves.
   */
  evaluationParameters(state: OptimizerState): Parameters | undefined
  /**
   * Appends the update to a plan over the workspace in which all arrays lie, or to plans that threads run side by side:
   * they share an update of one pass, to the same bits; of more, the first does all. Which thread updates what can be
   * moved by `cuts`: each stretch of a vector between two of them is divided for itself. The function returned must be called
   * before every run of the plan: it counts the step and writes its numbers. Throws TypeError where an update cannot be
   * laid down beforehand.
   */
  plan(
    plan: Plan | readonly Plan[],
    parameters: Parameters,
    gradient: Parameters,
    state: OptimizerState,
    options?: { readonly cuts?: readonly number[] },
  ): (overrides?: Overrides) => void
}
