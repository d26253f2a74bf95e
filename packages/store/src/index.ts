export { QueryError, type QueryErrorCode, StoreError, type StoreErrorCode } from './errors.ts'
export { filterLimits } from './filter.ts'
export { openStore, type StoreOptions } from './open-store.ts'
export type {
  ClaimedRun,
  Ending,
  Experiment,
  FailureReason,
  Fence,
  LeaseAnswer,
  Page,
  Point,
  Report,
  Run,
  RunQuery,
  RunState,
  Series,
  SeriesQuery,
  SeriesSummary,
  Store,
} from './store.ts'
