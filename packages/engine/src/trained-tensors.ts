import type { Model, Weights } from '@thalweg/nn'
import type { InitOptions, Optimizer, Parameters } from '@thalweg/optimizers'

/** A model's weights and gradient as its optimizer takes them. */
export interface TrainedTensors {
  readonly parameters: Parameters
  readonly gradient: Parameters
  readonly options: InitOptions
}

/** One flat array where the optimizer does not care which number belongs where, which is fastest; else by tensor. */
export function trainedTensors(model: Model, weights: Weights, optimizer: Optimizer): TrainedTensors {
  if (!optimizer.perTensor) return { ...weights, options: {} }
  const byName = (vector: Weights['parameters']): Parameters =>
    Object.fromEntries(
      model.tensors.map(({ name, offset, length }) => [name, vector.subarray(offset, offset + length)]),
    )
  const shapes = Object.fromEntries(model.tensors.map(({ name, shape }) => [name, shape]))
  return {
    parameters: byName(weights.parameters),
    gradient: byName(weights.gradient),
    // A dense weight lies as [in, out].
    options: { shapes, outputs: 'last' },
  }
}
