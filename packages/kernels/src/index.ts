export { type Activation, activate, activateBackward } from './activation.ts'
export { allocate, sharedWorkspace, workspaceBeside } from './allocate.ts'
export { f64, i32, type Local } from './assembler/index.ts'
export { averagePool, averagePoolBackward } from './average-pool.ts'
export {
  momentSums,
  momentsOfSums,
  runningMoments,
  updateRunningMoments,
} from './batch-moments.ts'
export { batchNormalization, normalizeColumns } from './batch-norm.ts'
export {
  normalizationGradients,
  normalizationSums,
  normalizeColumnsBackward,
} from './batch-norm-backward.ts'
export { addBias, biasBackward } from './bias.ts'
export { countHits } from './count-hits.ts'
export {
  add,
  axpy,
  combine,
  copy,
  type ElementWise,
  type ElementWiseBody,
  elementWise,
  hadamard,
  scale,
  sumArrays,
  sumLength,
} from './element-wise.ts'
export { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
export { gatherImages } from './gather-images.ts'
export { type GeluApproximation, gelu, geluBackward } from './gelu.ts'
export {
  type Gemm,
  type GemmCall,
  type GemmOptions,
  type GemmSizes,
  gemmCall,
  gemmScratchLength,
  type Transposition,
} from './gemm.ts'
export { hinge, hingeBackward } from './hinge.ts'
export { col2im, im2col } from './im2col.ts'
export { type BoundKernel, bind, defineKernel, type HostKernel, type Kernel } from './kernel.ts'
export type { Comparison, Transcendental } from './lane-operations.ts'
export { elementBytes, type Lanes, lanesOf, type Precision } from './lanes.ts'
export { layerNorm } from './layer-norm.ts'
export { layerNormBackward } from './layer-norm-backward.ts'
export { maxPool, maxPoolBackward } from './max-pool.ts'
export { oneHot } from './one-hot.ts'
export { partOf } from './part.ts'
export { createPlan, type Plan } from './plan.ts'
export { type MatrixProducts, relaxedWasmProducts, wasmProducts } from './products.ts'
export { dot, reciprocalNorm } from './reductions.ts'
export { gatherRows } from './rows.ts'
export { softTargetCrossEntropy, softTargetCrossEntropyBackward } from './soft-target-cross-entropy.ts'
export { softmaxCrossEntropy, softmaxCrossEntropyBackward } from './softmax-cross-entropy.ts'
export { squaredError, squaredErrorBackward } from './squared-error.ts'
export { squaredPenalty } from './squared-penalty.ts'
export { sumOfSquares } from './sum-of-squares.ts'
export { createVectorSpace, type VectorSpace, type VectorSpaceOptions } from './vector-space.ts'
export { type Windows, windowValues } from './windows.ts'
export { type WinogradMap, winogradTransform } from './winograd.ts'
export {
  bytesFor,
  createWorkspace,
  maxWorkspaceBytes,
  type Workspace,
  type WorkspaceOptions,
  workspaceOf,
} from './workspace.ts'
