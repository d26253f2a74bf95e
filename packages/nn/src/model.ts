import {
  bytesFor,
  elementBytes,
  type MatrixProducts,
  type Plan,
  type Precision,
  type Workspace,
  wasmProducts,
  workspaceOf,
} from '@thalweg/kernels'
import { bytesPlaced, type Mask, placeIn } from './arena.ts'
import type { FirstDense, InputShare, SharedPass } from './input-share.ts'
import type { Addresses, Layer, PlanContext, TensorSpec } from './layer.ts'
import type { Loss, LossArrays } from './loss.ts'
import { laySequence, type PlacedSequence } from './sequence.ts'
import { type Shape, sizeOf } from './shape.ts'
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts'

type Vector = Float32Array | Float64Array

/** An array of the model, and where it starts in the flat vector of its kind. */
export interface ModelTensor extends TensorSpec {
  /** First element in the flat vector. */
  readonly offset: number
  readonly length: number
}

/** What a model trains: one flat vector, its gradient, and views of it by tensor name; and what it counts along. */
export interface Weights {
  readonly parameters: Vector
  readonly gradient: Vector
  readonly tensors: Readonly<Record<string, Vector>>
  /** Running statistics, flat; empty in most models. */
  readonly statistics: Vector
}

/** A batch's arrays in the workspace, for up to `rows` samples. */
export interface Batch {
  readonly rows: number
  /** [rows, features]; of a share of the inputs [batchRows, count], for all samples of the batch. */
  readonly features: Vector
  /** Class indices [rows], each from 0 to classes - 1: kernels do not check them. */
  readonly labels: Int32Array
  /** What the loss compares with [rows, classes]; empty unless the loss reads targets. */
  readonly targets: Vector
  /** What the loss makes of the outputs [rows, classes] in a forward pass: class probabilities, mostly. */
  readonly predictions: Vector
  /** The mean loss of the rows planned, and how many of them were classified right. */
  readonly result: Float64Array
  /** To be drawn anew before every training step. */
  readonly masks: readonly Mask[]
  readonly sequence: PlacedSequence
  readonly scratch: number
  readonly productScratch: number
}

export interface BatchOptions {
  /** Whether backward passes will be planned; true by default. */
  readonly gradients?: boolean
  /** A thread's share of the first layer's inputs; passes then need `shared`, and every thread has samples. */
  readonly share?: InputShare | undefined
}

export interface PassOptions {
  /** train: statistics of the batch, random masks; evaluate: running statistics, no masks. train by default. */
  readonly mode?: PlanContext['mode']
  /** Samples of the whole step, of which these rows are a part: gradients are means over them. `rows` by default. */
  readonly batchRows?: number
  /** Whether running statistics are brought up to date; in training by default. */
  readonly updatesStatistics?: boolean
  /** For a batch with a share of the inputs. */
  readonly shared?: SharedPass | undefined
}

/** Layers and a loss. It holds no numbers; weights and batches are laid in a workspace. */
export interface Model {
  readonly precision: Precision
  readonly input: Shape
  readonly features: number
  readonly classes: number
  readonly loss: Loss
  readonly products: MatrixProducts
  readonly parameterCount: number
  /** The first layer, if it is a dense one: threads can share its inputs. */
  readonly firstDense: FirstDense | undefined
  readonly tensors: readonly ModelTensor[]
  readonly statistics: readonly ModelTensor[]
  /** What weights and their gradient take in a workspace. */
  readonly weightBytes: number
  /** What a batch of `rows` takes. */
  batchBytes(rows: number, options?: BatchOptions): number
  weights(workspace: Workspace): Weights
  batch(workspace: Workspace, rows: number, options?: BatchOptions): Batch
  /** Appends the forward pass and the loss for the first `rows` samples of a batch. */
  planForward(plan: Plan, weights: Weights, batch: Batch, rows: number, options?: PassOptions): void
  /** Appends the backward pass, which follows a forward pass of the same rows and options, into the weights' gradient. */
  planBackward(plan: Plan, weights: Weights, batch: Batch, rows: number, options?: PassOptions): void
}

export interface ModelOptions {
  /** Dimensions of a sample: [features], or [rows, columns, channels]. */
  readonly input: Shape
  readonly precision: Precision
  /** Softmax cross-entropy with the labels by default. */
  readonly loss?: Loss
  /** What computes matrix products; our own kernels by default. */
  readonly products?: MatrixProducts
}

/**
 * Fits layers to samples of a shape; the last layer's outputs are the classes. Tensors are named by layer and count:
 * `dense1.weight`. Throws RangeError where a layer does not fit, and for a model that trains nothing.
 */
export function createModel(layers: readonly Layer[], options: ModelOptions): Model {
  const { input, precision, loss = softmaxCrossEntropy(), products = wasmProducts } = options
  if (input.length === 0 || !input.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new RangeError(`model: input must be whole numbers in [1, ∞), got [${input.join(', ')}]`)
  }
  const sequence = laySequence(layers, input)
  const features = sizeOf(input)
  const classes = sizeOf(sequence.outputShape)
  const tensors = inOneVector(sequence.tensors)
  const statistics = inOneVector(sequence.statistics)
  const parameterCount = lengthOf(tensors)
  if (parameterCount === 0) throw new RangeError('model: no layer has anything to train')
  const elements = elementBytes[precision]

  function contextFor(
    plan: Plan,
    weights: Weights,
    batch: Batch,
    rows: number,
    pass: PassOptions,
  ): PlanContext {
    if ([weights.parameters, batch.features].some((array) => workspaceOf(array) !== plan.workspace)) {
      throw new TypeError("model: weights and batch must lie in the plan's workspace")
    }
    if (!(Number.isInteger(rows) && rows >= 1 && rows <= batch.rows)) {
      throw new RangeError(`model: rows must be a whole number in [1, ${batch.rows}], got ${rows}`)
    }
    const { mode = 'train', batchRows = rows, updatesStatistics = mode === 'train', shared } = pass
    const { scratch, productScratch } = batch
    return {
      plan,
      precision,
      rows,
      batchRows,
      mode,
      updatesStatistics,
      scratch,
      products,
      productScratch,
      shared,
    }
  }

  /** Numbers of a batch's features. */
  function featuresOf(rows: number, share: InputShare | undefined): number {
    return share === undefined ? rows * features : share.batchRows * share.count
  }

  function lossArrays({ labels, targets, predictions, result }: Batch, outputs: number): LossArrays {
    return {
      outputs,
      labels: labels.byteOffset,
      targets: targets.byteOffset,
      predictions: predictions.byteOffset,
      result: result.byteOffset,
    }
  }

  const model: Model = {
    precision,
    input,
    features,
    classes,
    loss,
    products,
    parameterCount,
    firstDense: sequence.firstDense,
    tensors,
    statistics,
    weightBytes: 2 * bytesFor(parameterCount, elements) + bytesFor(lengthOf(statistics), elements),

    batchBytes(rows, { gradients = true, share } = {}) {
      const own = [featuresOf(rows, share), rows * classes, loss.targets ? rows * classes : 0]
      const arrays = own.reduce((sum, length) => sum + bytesFor(length, elements), 0)
      const placed = bytesPlaced(products, precision, (arena) => {
        sequence.place(arena, rows, { mayOverwriteInput: true, gradients, share })
      })
      return arrays + placed + bytesFor(rows, 4) + bytesFor(2, 8)
    },

    weights(workspace) {
      const parameters = workspace[precision](parameterCount)
      return {
        parameters,
        gradient: workspace[precision](parameterCount),
        tensors: viewsOf(parameters, tensors),
        statistics: workspace[precision](lengthOf(statistics)),
      }
    },

    batch(workspace, rows, { gradients = true, share } = {}) {
      const own = {
        rows,
        features: workspace[precision](featuresOf(rows, share)),
        labels: workspace.i32(rows),
        targets: workspace[precision](loss.targets ? rows * classes : 0),
        predictions: workspace[precision](rows * classes),
        result: workspace.f64(2),
      }
      const { placed, ...rest } = placeIn(workspace, products, precision, (arena) =>
        sequence.place(arena, rows, { mayOverwriteInput: true, gradients, share }),
      )
      return { ...own, ...rest, sequence: placed }
    },

    planForward(plan, weights, batch, rows, pass = {}) {
      const context = contextFor(plan, weights, batch, rows, pass)
      const [trained, counted] = [
        addressesIn(weights.parameters, tensors),
        addressesIn(weights.statistics, statistics),
      ]
      const outputs = batch.sequence.forward(context, batch.features.byteOffset, trained, counted)
      loss.forward(context, classes, lossArrays(batch, outputs))
    },

    planBackward(plan, weights, batch, rows, pass = {}) {
      const context = contextFor(plan, weights, batch, rows, pass)
      const { sequence: placed, features: samples } = batch
      loss.backward(context, classes, {
        ...lossArrays(batch, placed.outputIn(samples.byteOffset)),
        outputGradient: placed.outputGradient,
      })
      placed.backward(context, {
        input: samples.byteOffset,
        inputGradient: undefined,
        tensors: addressesIn(weights.parameters, tensors),
        statistics: addressesIn(weights.statistics, statistics),
        tensorGradients: addressesIn(weights.gradient, tensors),
      })
    },
  }
  return model
}

/** Views of a flat vector by tensor name. */
function viewsOf(vector: Vector, tensors: readonly ModelTensor[]): Record<string, Vector> {
  return Object.fromEntries(
    tensors.map(({ name, offset, length }) => [name, vector.subarray(offset, offset + length)]),
  )
}

function inOneVector(specs: readonly TensorSpec[]): ModelTensor[] {
  let next = 0
  return specs.map((spec) => {
    const offset = next
    const length = sizeOf(spec.shape)
    next += length
    return { ...spec, offset, length }
  })
}

function lengthOf(tensors: readonly ModelTensor[]): number {
  return tensors.reduce((sum, { length }) => sum + length, 0)
}

function addressesIn(vector: Vector, tensors: readonly ModelTensor[]): Addresses {
  const addresses = new Map(
    tensors.map(({ name, offset }) => [name, vector.byteOffset + offset * vector.BYTES_PER_ELEMENT]),
  )
  return (name) => {
    const address = addresses.get(name)
    if (address === undefined) throw new TypeError(`model: a layer has no tensor "${name}"`)
    return address
  }
}
