export { leakyRelu, relu, sigmoid, tanh } from './activations.ts'
export type { Arena, Mask } from './arena.ts'
export { dense } from './dense.ts'
export { type Init, initialize } from './init.ts'
export type {
  BackwardArrays,
  ForwardArrays,
  LaidLayer,
  Layer,
  PlacedLayer,
  PlanContext,
  TensorSpec,
} from './layer.ts'
export { type Loss, softmaxCrossEntropy } from './loss.ts'
export { mlp } from './mlp.ts'
export {
  type Batch,
  type BatchOptions,
  createModel,
  type Model,
  type ModelOptions,
  type ModelTensor,
  type PassOptions,
  type Weights,
} from './model.ts'
export type { Shape } from './shape.ts'
