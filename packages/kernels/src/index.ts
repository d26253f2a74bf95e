export { type Activation, activate, activateBackward } from './activation.ts'
export { allocate, sharedWorkspace, workspaceBeside } from './allocate.ts'
export { f64, i32, type Local } from './assembler/index.ts'
export { addBias, biasBackward } from './bias.ts'
export {
  axpy,
  combine,
  type ElementWise,
  type ElementWiseBody,
  elementWise,
  scale,
  sumLength,
} from './element-wise.ts'
export { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
export { type Gemm, gemm, gemmScratchLength, gemmValues, type Transposition } from './gemm.ts'
export { type BoundKernel, bind, defineKernel, type HostKernel, type Kernel } from './kernel.ts'
export type { Comparison, Transcendental } from './lane-operations.ts'
export { elementBytes, type Lanes, lanesOf, type Precision } from './lanes.ts'
export { createPlan, type Plan } from './plan.ts'
export { type MatrixProducts, wasmProducts } from './products.ts'
export { dot, reciprocalNorm } from './reductions.ts'
export { gatherRows } from './rows.ts'
export { softmaxCrossEntropy, softmaxCrossEntropyBackward } from './softmax-cross-entropy.ts'
export { bytesFor, createWorkspace, maxWorkspaceBytes, type Workspace, workspaceOf } from './workspace.ts'
