import type { RecordedKey } from './series.ts'

/** What training reports, in order. Steps count completed updates: the first update is step 1. */
export type RunEvent = MetricEvent | TargetEvent | EpochEvent | CheckpointEvent | DoneEvent

/** Values recorded at one step; NaN and infinities are values like others. */
export interface MetricEvent {
  readonly type: 'metric'
  readonly step: number
  readonly values: Readonly<Partial<Record<RecordedKey, number>>>
}

/** The document's target was reached for the first time. */
export interface TargetEvent {
  readonly type: 'target'
  readonly step: number
}

/** An epoch is complete; epochs count from 1. */
export interface EpochEvent {
  readonly type: 'epoch'
  readonly epoch: number
  readonly step: number
}

/** Everything needed to go on from this step to the same bits as if never interrupted. */
export interface CheckpointEvent {
  readonly type: 'checkpoint'
  readonly step: number
  readonly data: Uint8Array
}

/** The last event. `diverged`: a loss or gradient was not finite at this step; the curve up to it stands. */
export interface DoneEvent {
  readonly type: 'done'
  readonly outcome: 'succeeded' | 'diverged'
  readonly step: number
  /** Whether it ended before its last epoch because the metric did not improve any more. */
  readonly stoppedEarly?: true
  /** Why its solver ended, of an optimizer that ends by itself. */
  readonly solver?: SolverEnding
  /** The first step at which the document's target was reached, if it has one. */
  readonly targetStep?: number
  /** Time for 1,000 predictions, of a run that is to end with scores. */
  readonly predictionTimeMs?: number
}

/** How a solver ended, such as `converged-gradient`, and one sentence with the numbers behind it. */
export interface SolverEnding {
  readonly status: string
  readonly message: string
}
