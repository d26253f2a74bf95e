export { type AugmentationDocument, augmentationSchema } from './augmentation.ts'
export { type AveragingDocument, averagingSchema } from './averaging.ts'
export { type DatasetDocument, datasetSchema, datasetSummaries } from './dataset.ts'
export {
  type DistillationDocument,
  type DistillDocument,
  distillationSchema,
  distillSchema,
} from './distillation.ts'
export { type CombinationDocument, type EnsembleDocument, ensembleSchema } from './ensemble.ts'
export {
  type EnsembleReport,
  ensembleReportSchema,
  type PartScores,
  type RunScores,
  runScoresSchema,
  type Scores,
  scoresSchema,
} from './ensemble-report.ts'
export type {
  CheckpointEvent,
  DoneEvent,
  EpochEvent,
  MetricEvent,
  RunEvent,
  SolverEnding,
  TargetEvent,
} from './event.ts'
export { type DocumentFault, type Expansion, expand } from './expand.ts'
export { type ExpandedRun, memberName, type RunRole, runRoles } from './expanded-run.ts'
export {
  type ExperimentDocument,
  type ExperimentInput,
  experimentLimits,
  experimentSchema,
} from './experiment.ts'
export { type LayerDocument, layerSchema } from './layer.ts'
export {
  type InitDocument,
  type LossDocument,
  lossSchema,
  type ModelDocument,
  modelSchema,
} from './model.ts'
export {
  type FirstOrderDocument,
  isQuasiNewton,
  learningRateOf,
  type OptimizerDocument,
  optimizerSchema,
} from './optimizer.ts'
export type { LbfgsDocument, OnlineLbfgsDocument, QuasiNewtonDocument, SfoDocument } from './quasi-newton.ts'
export {
  type QuasiNewtonDefinition,
  type QuasiNewtonOption,
  quasiNewtonDefinitions,
} from './quasi-newton-definitions.ts'
export { type RunDocument, runSchema } from './run.ts'
export { type ScheduleDocument, scheduleSchema } from './schedule.ts'
export {
  type RecordedKey,
  recordedKeySchema,
  type SeriesKey,
  seriesKeySchema,
  seriesKeys,
  type TensorSeriesKey,
  tensorSeriesKeySchema,
} from './series.ts'
