import type { Optimizer, OptimizerState, Overrides } from '../optimizer.ts'
import { checkHyperparameter, type Range } from './hyperparameters.ts'
import { restoreState, savedOptions, saveState } from './saved-state.ts'
import type { TensorState } from './tensor-state.ts'
import {
  checkAlike,
  checkLengths,
  checkNames,
  checkShapeNames,
  named,
  shapeOf,
  type Vector,
} from './tensors.ts'

/** An update that is no rule over coordinates, such as one over matrices, for one tensor at a time. */
export interface Method {
  readonly name: string
  readonly values: ReadonlyMap<string, number>
  readonly flags: ReadonlySet<string>
  /** What no step can change. */
  readonly fixed: ReadonlySet<string>
  readonly ranges: ReadonlyMap<string, Range>
  /** Numbers kept per parameter, at most. */
  readonly slots: number
  /** Throws where these shapes are not what the method is for. */
  check?(shapes: readonly (readonly number[])[]): void
  /** The arrays to keep for a tensor, zeroed; in memory that kernels can reach if the method uses them. */
  createVectors(parameter: Vector, shape: readonly number[]): Readonly<Record<string, Vector>>
  /** Changes the parameter and the vectors; `step` counts from 1. */
  update(tensor: MethodTensor, step: number, hyperparameters: ReadonlyMap<string, number>): void
}

interface MethodTensor {
  readonly parameter: Vector
  readonly gradient: Vector
  readonly vectors: Readonly<Record<string, Vector>>
  readonly shape: readonly number[]
  /** Which dimension counts a layer's outputs. */
  readonly outputs: 'first' | 'last'
}

const methods = new WeakSet<Optimizer>()

const noNumbers = new Float64Array(0)

/** The optimizer of a method. It cannot be laid into a plan. */
export function methodOptimizer(method: Method): Optimizer {
  const { name, values, ranges, flags, fixed } = method
  function withOverrides(overrides: Overrides | undefined): ReadonlyMap<string, number> {
    if (overrides === undefined) return values
    const all = new Map(values)
    for (const [key, value] of Object.entries(overrides)) {
      const range = ranges.get(key)
      if (range !== undefined && fixed.has(key) && Number(value) === values.get(key)) continue
      if (range === undefined || fixed.has(key)) {
        const known = [...ranges.keys()].filter((each) => !fixed.has(each)).join(', ')
        throw new TypeError(`${name}: no step can change "${key}"; it can: ${known}`)
      }
      // A schedule may reach 0 exactly; a configured rate may not.
      if (value !== 0 || key !== 'learningRate') checkHyperparameter(name, key, value, range)
      all.set(key, value)
    }
    return all
  }

  const optimizer: Optimizer = {
    name,
    convention: undefined,
    hyperparameters: Object.fromEntries(
      [...values].map(([key, value]) => [key, flags.has(key) ? value !== 0 : value]),
    ),
    slots: method.slots,
    perTensor: true,
    plannable: false,

    init(parameters, { shapes, outputs = 'first' } = {}) {
      checkShapeNames(name, named(parameters), shapes)
      const tensors = Object.entries(named(parameters)).map(([tensor, vector]) => {
        return [tensor, vector, shapeOf(name, tensor, vector, shapes)] as const
      })
      method.check?.(tensors.map(([, , shape]) => shape))
      const states = tensors.map(([tensor, vector, shape]): [string, TensorState] => {
        const vectors = method.createVectors(vector, shape)
        return [tensor, { length: vector.length, vectors, scalars: {}, rows: 1, shape, block: noNumbers }]
      })
      const state: OptimizerState = {
        optimizer: name,
        step: 0,
        outputs,
        tensors: Object.fromEntries(states),
      }
      return state
    },

    step(parameters, gradient, state, overrides) {
      const hyperparameters = withOverrides(overrides)
      const tensors = named(parameters)
      const gradients = named(gradient)
      if (state.optimizer !== name) {
        throw new TypeError(`${name}: the state is of ${state.optimizer}`)
      }
      checkAlike(name, tensors, gradients, 'gradient')
      checkNames(name, Object.keys(tensors), Object.keys(state.tensors), 'state')
      checkLengths(name, tensors, state.tensors)
      state.step += 1
      for (const [tensor, parameter] of Object.entries(tensors)) {
        const { vectors, shape } = state.tensors[tensor]
        const each = { parameter, gradient: gradients[tensor], vectors, shape, outputs: state.outputs }
        method.update(each, state.step, hyperparameters)
      }
      return { applied: true }
    },

    save: (state) => saveState(state),

    restore(saved, parameters, options) {
      const state = optimizer.init(parameters, savedOptions(saved, options))
      restoreState(saved, state)
      return state
    },

    evaluationParameters: () => undefined,

    plan() {
      throw new TypeError(`${name}: an update of matrices cannot be laid into a plan; call step`)
    },
  }
  methods.add(optimizer)
  return optimizer
}

/** Whether an optimizer is one of methods: every call is a step, as a chain needs it. */
export function isMethod(optimizer: Optimizer): boolean {
  return methods.has(optimizer)
}
