export {
  axpy,
  type ElementWise,
  type ElementWiseBody,
  elementWise,
  relu,
  reluBackward,
  scale,
} from './element-wise.ts'
export { type Emit, get, set } from './emit.ts'
export { type Gemm, gemm, gemmScratchLength, gemmValues, type Transposition } from './gemm.ts'
export { type BoundKernel, bind, type Kernel } from './kernel.ts'
export { type Comparison, elementBytes, type Lanes, type Precision } from './lanes.ts'
export { createPlan, type Plan } from './plan.ts'
export { dot } from './reductions.ts'
export { addToRows, gatherRows, sumRows } from './rows.ts'
export { softmaxCrossEntropy, softmaxCrossEntropyBackward } from './softmax-cross-entropy.ts'
export { bytesFor, createWorkspace, maxWorkspaceBytes, type Workspace, workspaceOf } from './workspace.ts'
