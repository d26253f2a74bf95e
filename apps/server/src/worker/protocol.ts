import type { RecordedKey, RunDocument } from '@thalweg/document'
import type { EnsembleInput } from '@thalweg/engine'
import type { Ending } from '@thalweg/store'

/** What the server and a worker process say to each other; the types are erased, so neither loads the other's code. */

/** A run to train. */
export interface Assignment {
  readonly document: RunDocument
  /** Where to go on, if an earlier attempt left a checkpoint. */
  readonly checkpoint: Uint8Array | undefined
  readonly dataDirectory: string | undefined
  /** What a combination combines; none for other runs. */
  readonly members: readonly EnsembleInput[]
  /** The model that a student learns from. */
  readonly teacher: Uint8Array | undefined
}

/** Points of one series, as columns: a fast run has tens of thousands a second, and typed arrays are sent as bytes. */
export interface PointColumns {
  readonly key: RecordedKey
  readonly steps: Float64Array
  readonly values: Float64Array
}

export interface Progress {
  readonly columns: readonly PointColumns[]
  /** Completed updates. */
  readonly step: number
  readonly totalSteps: number
  /** Time spent training since the last report; reporting and waiting not counted. */
  readonly trainingMs: number
  /** What computes matrix products; with the first report. */
  readonly backend?: string
  /** The target was first reached at this step, at the end of this time. */
  readonly targetStep?: number
  readonly checkpoint?: { readonly step: number; readonly data: Uint8Array }
}

/** Why a worker is to stop: the run is cancelled, or the server is shutting down and takes it up again later. */
export type StopReason = 'cancelled' | 'draining'

/** How a worker left a run. `released`: not at its end; a checkpoint is stored. */
export type Outcome = Ending | { readonly state: 'released' }

export type ToWorker =
  | { readonly type: 'train'; readonly assignment: Assignment }
  /** A report is stored; the worker sends only a few ahead of this. */
  | { readonly type: 'stored' }
  /** Without meaning while the worker is idle. */
  | { readonly type: 'stop'; readonly reason: StopReason }

export type FromWorker =
  /** `missing`: one sentence on why products are not computed by the library that was asked for. */
  | { readonly type: 'ready'; readonly missing?: string | undefined }
  /** Sent now and then while training: the worker's event loop turns. */
  | { readonly type: 'alive' }
  | { readonly type: 'report'; readonly progress: Progress }
  /** The last word on a run; every report before it has been answered. */
  | { readonly type: 'ended'; readonly outcome: Outcome }
