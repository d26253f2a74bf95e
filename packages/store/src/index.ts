export { maximumArtifactBytes } from './artifact-limits.ts'
export { QueryError, type QueryErrorCode, StoreError, type StoreErrorCode } from './errors.ts'
export { filterLimits } from './filter.ts'
export { openStore, type StoreOptions } from './open-store.ts'
export type {
  Artifact,
  ArtifactContent,
  ClaimedRun,
  Ending,
  Experiment,
  FailureReason,
  Fence,
  LeaseAnswer,
  NewArtifact,
  Page,
  Point,
  Report,
  Run,
  RunDetails,
  RunInput,
  RunQuery,
  RunState,
  Series,
  SeriesQuery,
  SeriesSummary,
  Store,
} from './store.ts'
