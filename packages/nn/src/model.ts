import {
  bytesFor,
  elementBytes,
  gemmScratchLength,
  type Plan,
  type Precision,
  softmaxCrossEntropy,
  softmaxCrossEntropyBackward,
  type Workspace,
  workspaceOf,
} from '@thalweg/kernels'
import type { Layer, LayerAddresses, PlanContext, TensorSpec } from './layer.ts'

type Vector = Float32Array | Float64Array

/** A trained array and where it starts in the flat parameter vector. */
export interface ModelTensor extends TensorSpec {
  /** First element in the flat vector. */
  readonly offset: number
  readonly length: number
}

/** What a model trains: one flat vector, its gradient, and views of it by tensor name. */
export interface Weights {
  readonly parameters: Vector
  readonly gradient: Vector
  readonly tensors: Readonly<Record<string, Vector>>
}

/** A batch's arrays in the workspace, for up to `rows` samples. */
export interface Batch {
  readonly rows: number
  /** [rows, features] */
  readonly features: Vector
  /** Class indices [rows], each from 0 to classes - 1: kernels do not check them. */
  readonly labels: Int32Array
  /** Class probabilities [rows, classes], after a forward pass. */
  readonly probabilities: Vector
  /** The mean loss of the rows planned, and how many of them were classified right. */
  readonly result: Float64Array
  readonly activations: readonly Vector[]
  readonly activationGradients: readonly Vector[]
  readonly scratch: Vector
}

/** A classifier: layers, then softmax cross-entropy. It holds no numbers; weights and batches are laid in a workspace. */
export interface Model {
  readonly precision: Precision
  readonly features: number
  readonly classes: number
  readonly parameterCount: number
  readonly tensors: readonly ModelTensor[]
  /** What weights, their gradient, and a batch of `rows` take in a workspace. */
  bytes(rows: number): number
  weights(workspace: Workspace): Weights
  batch(workspace: Workspace, rows: number): Batch
  /** Appends the forward pass and the loss for the first `rows` samples of a batch. */
  planForward(plan: Plan, weights: Weights, batch: Batch, rows: number): void
  /** Appends the backward pass, which follows a forward pass of the same rows, into the weights' gradient. */
  planBackward(plan: Plan, weights: Weights, batch: Batch, rows: number): void
}

interface Stage {
  readonly layer: Layer
  readonly inputs: number
  readonly outputs: number
  readonly tensors: readonly ModelTensor[]
}

/**
 * Lays out a list of layers over samples of `features` numbers; the last layer's outputs are the classes.
 * Tensors are named by layer and count: `dense1.weight`.
 */
export function createModel(layers: readonly Layer[], features: number, precision: Precision): Model {
  if (layers.at(-1)?.name !== 'dense') throw new RangeError('model: the last layer must be a dense one')
  const stages: Stage[] = []
  const counts = new Map<string, number>()
  let inputs = features
  let offset = 0
  for (const layer of layers) {
    const count = (counts.get(layer.name) ?? 0) + 1
    counts.set(layer.name, count)
    const tensors = layer.tensors(inputs).map((spec) => {
      const length = spec.shape.reduce((product, size) => product * size, 1)
      const tensor = { ...spec, name: `${layer.name}${count}.${spec.name}`, offset, length }
      offset += length
      return tensor
    })
    stages.push({ layer, inputs, outputs: layer.outputs(inputs), tensors })
    inputs = layer.outputs(inputs)
  }
  const classes = inputs
  const parameterCount = offset
  const tensors = stages.flatMap((stage) => stage.tensors)
  const scratchColumns = Math.max(...stages.map((stage) => stage.layer.productColumns(stage.inputs)))
  const scratchLength = gemmScratchLength(precision, scratchColumns)
  const owned = stages.filter((stage) => !stage.layer.inPlace)

  function stageTensors(stage: Stage, vector: Vector): Record<string, number> {
    const entries = stage.tensors.map((tensor) => {
      const short = tensor.name.slice(tensor.name.indexOf('.') + 1)
      return [short, vector.byteOffset + tensor.offset * vector.BYTES_PER_ELEMENT] as const
    })
    return Object.fromEntries(entries)
  }

  /** Every stage's input and output; a layer in place has the same for both. */
  function stageAddresses(weights: Weights, batch: Batch): LayerAddresses[] {
    let input = batch.features.byteOffset
    let next = 0
    return stages.map((stage) => {
      const output = stage.layer.inPlace ? input : batch.activations[next++].byteOffset
      const addresses = { input, output, tensors: stageTensors(stage, weights.parameters) }
      input = output
      return addresses
    })
  }

  function contextFor(plan: Plan, weights: Weights, batch: Batch, rows: number): PlanContext {
    if ([weights.parameters, batch.features].some((array) => workspaceOf(array) !== plan.workspace)) {
      throw new TypeError("model: weights and batch must lie in the plan's workspace")
    }
    if (!(Number.isInteger(rows) && rows >= 1 && rows <= batch.rows)) {
      throw new RangeError(`model: rows must be a whole number in [1, ${batch.rows}], got ${rows}`)
    }
    return { plan, precision, rows, scratch: batch.scratch.byteOffset }
  }

  return {
    precision,
    features,
    classes,
    parameterCount,
    tensors,

    bytes(rows) {
      const perRow = [features, classes, ...owned.flatMap((stage) => [stage.outputs, stage.outputs])]
      const lengths = [parameterCount, parameterCount, scratchLength, ...perRow.map((width) => width * rows)]
      const arrays = lengths.reduce((sum, length) => sum + bytesFor(length, elementBytes[precision]), 0)
      return arrays + bytesFor(rows, 4) + bytesFor(2, 8)
    },

    weights(workspace) {
      const parameters = workspace[precision](parameterCount)
      const views = tensors.map((tensor) => [
        tensor.name,
        parameters.subarray(tensor.offset, tensor.offset + tensor.length),
      ])
      return {
        parameters,
        gradient: workspace[precision](parameterCount),
        tensors: Object.fromEntries(views),
      }
    },

    batch: (workspace, rows) => ({
      rows,
      features: workspace[precision](rows * features),
      labels: workspace.i32(rows),
      probabilities: workspace[precision](rows * classes),
      result: workspace.f64(2),
      activations: owned.map((stage) => workspace[precision](rows * stage.outputs)),
      activationGradients: owned.map((stage) => workspace[precision](rows * stage.outputs)),
      scratch: workspace[precision](scratchLength),
    }),

    planForward(plan, weights, batch, rows) {
      const context = contextFor(plan, weights, batch, rows)
      const addresses = stageAddresses(weights, batch)
      for (const [index, { layer, inputs: width }] of stages.entries())
        layer.forward(context, width, addresses[index])
      const logits = addresses[addresses.length - 1].output
      const { labels, probabilities, result } = batch
      plan.call(
        softmaxCrossEntropy(precision),
        ...[rows, classes, logits, labels.byteOffset, probabilities.byteOffset, result.byteOffset],
      )
    },

    planBackward(plan, weights, batch, rows) {
      const context = contextFor(plan, weights, batch, rows)
      const addresses = stageAddresses(weights, batch)
      const { labels, probabilities, activationGradients } = batch
      let next = activationGradients.length - 1
      let outputGradient = activationGradients[next].byteOffset
      plan.call(
        softmaxCrossEntropyBackward(precision),
        ...[rows, classes, probabilities.byteOffset, labels.byteOffset, outputGradient],
      )
      for (let index = stages.length - 1; index >= 0; index--) {
        const { layer, inputs: width } = stages[index]
        if (!layer.inPlace) next -= 1
        const before = layer.inPlace ? outputGradient : activationGradients[next]?.byteOffset
        const inputGradient = index === 0 ? undefined : before
        const tensorGradients = stageTensors(stages[index], weights.gradient)
        layer.backward(context, width, {
          ...addresses[index],
          outputGradient,
          inputGradient,
          tensorGradients,
        })
        if (inputGradient !== undefined) outputGradient = inputGradient
      }
    },
  }
}
