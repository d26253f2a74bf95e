export { leakyRelu, relu, sigmoid, tanh } from './activations.ts'
export type { Arena, Mask } from './arena.ts'
export { averagePool } from './average-pool.ts'
export { type BatchNormOptions, batchNorm } from './batch-norm.ts'
export { type Conv2dOptions, conv2d } from './conv2d.ts'
export { dense } from './dense.ts'
export { drawMasks } from './draw-masks.ts'
export { dropout } from './dropout.ts'
export { flatten } from './flatten.ts'
export { type GeluOptions, gelu } from './gelu.ts'
export { type HingeOptions, hinge } from './hinge.ts'
export { type Init, initialize } from './init.ts'
export {
  createInputShares,
  type FirstDense,
  type InputShare,
  leastSharedInputs,
  type SharedPass,
} from './input-share.ts'
export { planL2 } from './l2.ts'
export type {
  BackwardArrays,
  ForwardArrays,
  LaidLayer,
  Layer,
  PlacedLayer,
  PlanContext,
  TensorSpec,
} from './layer.ts'
export { type LayerNormOptions, layerNorm } from './layer-norm.ts'
export type { Loss, LossArrays } from './loss.ts'
export { maxPool } from './max-pool.ts'
export { type MeanSquaredErrorOptions, meanSquaredError } from './mean-squared-error.ts'
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
export type { PoolOptions } from './pool.ts'
export { residual } from './residual.ts'
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
  type SafetensorsTensor,
} from './safetensors.ts'
export type { SafetensorsData, SafetensorsDtype, SafetensorsEntry } from './safetensors-entry.ts'
export { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts'
export {
  readSafetensorsHeader,
  type SafetensorsHeader,
  type SafetensorsLimits,
  safetensorsDataOffset,
} from './safetensors-header.ts'
export type { Shape } from './shape.ts'
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './softmax-cross-entropy.ts'
export type { Padding, RowsAndColumns } from './windows.ts'
