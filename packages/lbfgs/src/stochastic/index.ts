export {
  type MinimizeMultiBatchOptions,
  minimizeMultiBatch,
  type SampleObjective,
} from './minimize-multi-batch.ts'
export { type BatchObjective, type MinimizeOnlineOptions, minimizeOnline } from './minimize-online.ts'
export {
  type MinimizeSumOptions,
  minimizeSum,
  type SumObjective,
  type SumResult,
  type SumStatus,
  type SumStep,
} from './minimize-sum.ts'
export { createMultiBatch, type MultiBatch } from './multi-batch.ts'
export type { MultiBatchOptions } from './multi-batch-options.ts'
export type { SavedMultiBatch } from './multi-batch-state.ts'
export { createOnlineLbfgs, type OnlineLbfgs, type OnlineRequest, type OnlineStatus } from './online-lbfgs.ts'
export type { OnlineOptions } from './online-options.ts'
export type { OnlineResult } from './online-result.ts'
export type { SavedOnline } from './online-state.ts'
export { createSfo, restoreSfo, type Sfo } from './sfo.ts'
export type { SfoStatus } from './sfo-memory.ts'
export type { SfoOptions } from './sfo-options.ts'
export type { SavedSfo } from './sfo-state.ts'
