export {
  type Client,
  type ClientOptions,
  createClient,
  type ListOptions,
  type RunListOptions,
  type SeriesOptions,
} from './client.ts'
export { ServiceError, type ServiceErrorDetails } from './errors.ts'
export {
  type PredictionRequest,
  type Predictions,
  predictionRequestSchema,
  predictionsSchema,
} from './prediction.ts'
export { type ExperimentReport, experimentReportSchema } from './report.ts'
export {
  type ArtifactResource,
  artifactResourceSchema,
  type DatasetResource,
  datasetResourceSchema,
  type ExperimentResource,
  experimentResourceSchema,
  fromWireNumber,
  type OptimizerResource,
  optimizerResourceSchema,
  type Page,
  type Problem,
  pageSchema,
  problemSchema,
  type RunDetailsResource,
  type RunResource,
  runDetailsResourceSchema,
  runResourceSchema,
  type ScheduleResource,
  type SeriesResource,
  type Submitted,
  scheduleResourceSchema,
  seriesResourceSchema,
  submittedSchema,
  toWireNumber,
  wireNumberSchema,
} from './wire.ts'
