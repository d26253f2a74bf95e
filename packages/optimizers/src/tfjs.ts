import type { Optimizer } from './optimizer.ts'
import { createChangingTensors } from './runtime/changing-tensors.ts'
import type { SavedState } from './runtime/saved-state.ts'
import type { Vector } from './runtime/tensors.ts'

/** What is used of TensorFlow.js: the module `@tensorflow/tfjs-core` or `@tensorflow/tfjs` fits. */
export interface TensorFlow {
  readonly Optimizer: (abstract new () => object) & { readonly prototype: object }
  engine(): { readonly registeredVariables: Readonly<Record<string, Variable>> }
  tensor(values: Float32Array, shape: number[]): Tensor
  scalar(value: string): Tensor
  keep(tensor: Tensor): Tensor
}

interface Tensor {
  readonly shape: number[]
  data(): Promise<ArrayLike<unknown>>
  dataSync(): ArrayLike<unknown>
  dispose(): void
}

interface Variable extends Tensor {
  assign(value: Tensor): void
}

interface NamedTensor {
  readonly name: string
  readonly tensor: Tensor | null | undefined
}

/** The state of every variable that was ever updated, as plain data: JSON keeps every bit of it. */
export interface SavedVariables {
  readonly optimizer: string
  /** Updates so far, which the schedule counts. */
  readonly iterations: number
  /** Every variable has steps of its own: one that joins late starts from 0. */
  readonly variables: Readonly<Record<string, SavedState>>
}

export interface TensorFlowOptions {
  /** The learning rate from the number of updates so far; the optimizer's own rate without it. */
  readonly schedule?: (step: number) => number
}

/** What the optimizer has besides the methods of a `tf.Optimizer`. */
export interface StateMethods {
  save(): SavedVariables
  /**
   * Continues from a saved state, bit for bit. Every variable saved must exist, so build the model first; `rename` gives
   * its present name, as a second model on a page has names that end in `_1`. Throws TypeError naming what does not fit,
   * and changes nothing then.
   */
  restore(saved: SavedVariables, rename?: (savedName: string) => string): void
  /** What to evaluate and to keep, by variable name, for methods that train other weights; else undefined. */
  evaluationParameters(): Readonly<Record<string, Vector>> | undefined
}

/** The name under which a model's file keeps the state. */
const weightName = 'thalweg/state'

/**
 * An optimizer for TensorFlow.js: for `model.compile` and wherever a `tf.Optimizer` is taken.
 *
 * State is kept by variable name, so layers may be frozen and thawed between steps, and a variable that appears later
 * starts from step 0. The variables of one update take it in one step: a global norm is over all of them.
 *
 * The update runs on the CPU: on an asynchronous backend (webgl, webgpu) reading gradients waits for the device. It is
 * right there, but slower than the arithmetic suggests.
 *
 * @example
 * model.compile({ optimizer: toTensorFlow(tf, adam(), { schedule: cosine({ initial: 1e-3, steps: 1000 }) }), loss })
 */
export function toTensorFlow<Tf extends TensorFlow>(
  tf: Tf,
  optimizer: Optimizer,
  { schedule }: TensorFlowOptions = {},
): InstanceType<Tf['Optimizer']> & StateMethods {
  const owner = `toTensorFlow(${optimizer.name})`
  const tensors = createChangingTensors(optimizer)
  let iterations = 0
  let weight: Tensor | undefined

  function variableOf(name: string): Variable {
    const variable = tf.engine().registeredVariables[name]
    if (variable === undefined) throw new TypeError(`${owner}: there is no variable ${name}`)
    return variable
  }

  /** A tensor's numbers, to be read only: on some backends they are the tensor's own memory. */
  function floats(name: string, tensor: Tensor): Float32Array {
    const values = tensor.dataSync()
    if (!(values instanceof Float32Array)) throw new TypeError(`${owner}: ${name} must be float32`)
    return values
  }

  const stateMethods: StateMethods = {
    save: () => ({ optimizer: optimizer.name, iterations, variables: tensors.save() }),

    restore(saved, rename = (name) => name) {
      if (saved.optimizer !== optimizer.name) {
        throw new TypeError(`${owner}: the saved state is of ${saved.optimizer}`)
      }
      if (!(Number.isSafeInteger(saved.iterations) && saved.iterations >= 0)) {
        throw new TypeError(`${owner}: the saved iterations must be a whole number, got ${saved.iterations}`)
      }
      const renamed = Object.entries(saved.variables).map(([savedName, state]) => {
        const name = rename(savedName)
        const states = Object.values(state.tensors).map((tensor) => [name, tensor])
        return [name, { ...state, tensors: Object.fromEntries(states) }] as const
      })
      const present = new Map(
        renamed.map(([name]) => {
          const variable = variableOf(name)
          return [name, { values: floats(name, variable), shape: variable.shape }]
        }),
      )
      tensors.restore(Object.fromEntries(renamed), present)
      iterations = saved.iterations
    },

    evaluationParameters: tensors.evaluationParameters,
  }

  const methods = {
    ...stateMethods,

    // `iterations` and `saveIterations` of tf.Optimizer read it.
    get iterations_() {
      return iterations
    },

    applyGradients(named: Readonly<Record<string, Tensor | null>> | NamedTensor[]) {
      const pairs = Array.isArray(named)
        ? named.map(({ name, tensor }: NamedTensor) => [name, tensor] as const)
        : Object.entries(named)
      const present = pairs.flatMap(([name, tensor]) =>
        tensor ? [{ name, tensor, variable: variableOf(name) }] : [],
      )
      const given = new Map(
        present.map(({ name, tensor, variable }) => {
          const [values, gradient] = [floats(name, variable), floats(`the gradient of ${name}`, tensor)]
          return [name, { values, gradient, shape: variable.shape }]
        }),
      )
      const overrides = schedule === undefined ? undefined : { learningRate: schedule(iterations) }
      for (const [name, values] of tensors.update(given, overrides)) {
        const variable = variableOf(name)
        // A copy: backends keep the array that a tensor is made of.
        const next = tf.tensor(values.slice(), variable.shape)
        variable.assign(next)
        next.dispose()
      }
      iterations += 1
    },

    getClassName: () => optimizer.name,
    getConfig: () => ({
      ...(optimizer.convention !== undefined && { convention: optimizer.convention }),
      ...optimizer.hyperparameters,
    }),

    /**
     * One string, since f32 tensors could not hold every state; it lives until the next call or `dispose`. A model saved
     * with `includeOptimizer` keeps it. To load such a file, register a class whose `className` is the optimizer's name
     * and whose `fromConfig` calls `toTensorFlow`.
     */
    async getWeights() {
      weight?.dispose()
      weight = tf.keep(tf.scalar(JSON.stringify(stateMethods.save())))
      return [{ name: weightName, tensor: weight }]
    },

    async setWeights(weights: readonly { readonly name: string; readonly tensor: Tensor }[]) {
      const own = weights.find(({ name }) => name === weightName)
      if (own === undefined) throw new TypeError(`${owner}: the weights are of another optimizer`)
      const [text] = Array.from(await own.tensor.data())
      stateMethods.restore(JSON.parse(String(text)))
    },

    dispose() {
      weight?.dispose()
      weight = undefined
      tensors.clear()
      iterations = 0
    },
  }

  return Object.create(tf.Optimizer.prototype, Object.getOwnPropertyDescriptors(methods))
}
