import type {
  ExpandedRun,
  ExperimentDocument,
  RecordedKey,
  RunDocument,
  RunRole,
  SeriesKey,
  SolverEnding,
  TensorSeriesKey,
} from '@thalweg/document'

/** Where a run is in its life; the last three are final. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** Why a run failed: its own error, a non-finite loss, a worker that vanished too often, or a bound it hit. */
export type FailureReason = 'error' | 'diverged' | 'lost' | 'timeout' | 'limit'

export interface Experiment {
  readonly id: string
  readonly document: ExperimentDocument
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number
  /** How many of its runs are in each state. */
  readonly runs: Readonly<Record<RunState, number>>
}

/** What became of one series: its last, smallest and largest finite values, and how many points it has. */
export interface SeriesSummary {
  /** The newest value; NaN and infinities are kept. */
  readonly last: number
  readonly lastStep: number
  readonly min: number | undefined
  readonly max: number | undefined
  readonly points: number
}

export interface Run {
  readonly id: string
  readonly experimentId: string
  readonly state: RunState
  readonly reason: FailureReason | undefined
  /** For a person, where `state` and `reason` do not say enough. */
  readonly message: string | undefined
  /** What it is to its experiment: one of a comparison, or a part of an ensemble. */
  readonly role: RunRole
  /** The runs that must have ended before it starts, in the order of the expansion. */
  readonly dependsOn: readonly string[]
  readonly document: RunDocument
  /** What sets this run apart in its experiment: dotted path -> value. */
  readonly variation: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
  readonly attempt: number
  /** What computes matrix products in the newest attempt, with its version, once a worker has said so. */
  readonly backend: string | undefined
  readonly cancelRequested: boolean
  readonly createdAtMs: number
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
  /** Completed updates, of the newest report. */
  readonly step: number
  /** The number of updates the whole run takes, once a worker has said so. */
  readonly totalSteps: number | undefined
  /** Time spent inside training, all attempts together; waiting and starting not counted. */
  readonly trainingMs: number
  /** The first step at which the document's target was reached, and `trainingMs` at that moment. */
  readonly targetStep: number | undefined
  readonly targetTrainingMs: number | undefined
  /** Whether it succeeded before its last epoch, as its metric did not improve any more. */
  readonly stoppedEarly: boolean
  /** Why the solver of a run that succeeded ended, of an optimizer that ends by itself. */
  readonly solver: SolverEnding | undefined
  /** Time for 1,000 predictions, of a run that ended with scores. */
  readonly predictionTimeMs: number | undefined
  readonly metrics: Readonly<Partial<Record<SeriesKey, SeriesSummary>>>
}

/** A file that a run left. */
export interface Artifact {
  readonly id: string
  /** Among the run's artifacts it is the only one of this name. */
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
  /** In lower-case hexadecimal. */
  readonly sha256: string
  readonly createdAtMs: number
}

export interface ArtifactContent extends Artifact {
  /** The bytes in order, in parts of at most 1 MiB. */
  data(): AsyncGenerator<Uint8Array, void>
}

/** A run with what lists leave out. */
export interface RunDetails extends Run {
  readonly artifacts: readonly Artifact[]
  /** Which series of single tensors it has; `metrics` leaves them out. */
  readonly tensorSeries: readonly TensorSeriesKey[]
}

/** The right to write a run: the attempt it was claimed for. A write with an older attempt changes nothing. */
export interface Fence {
  readonly runId: string
  readonly attempt: number
}

export interface ClaimedRun extends Fence {
  readonly document: RunDocument
  /** Where to go on, if an earlier attempt left a checkpoint; points recorded after its step are gone. */
  readonly checkpoint: { readonly step: number; readonly data: Uint8Array } | undefined
  /** What became of the runs that it depends on, all of them ended, in the order of the expansion. */
  readonly inputs: readonly RunInput[]
}

/** A run that another one depends on, at its end. */
export interface RunInput {
  readonly runId: string
  readonly role: RunRole
  readonly state: RunState
  readonly reason: FailureReason | undefined
  readonly message: string | undefined
  readonly document: RunDocument
  readonly variation: Readonly<Record<string, unknown>>
  readonly artifacts: readonly Artifact[]
}

export interface Point {
  readonly key: RecordedKey
  readonly step: number
  readonly value: number
}

/** One report of a worker: new points, how far it is, and perhaps a checkpoint. Committed as one transaction. */
export interface Report {
  readonly points: readonly Point[]
  readonly step: number
  readonly totalSteps: number
  /** Time spent training since the last report. */
  readonly trainingMs: number
  /** What computes matrix products in this attempt; said once. */
  readonly backend?: string
  /** The document's target was first reached at this step, at the end of the time that this report tells. */
  readonly targetStep?: number
  readonly checkpoint?: { readonly step: number; readonly data: Uint8Array }
}

export interface NewArtifact {
  readonly name: string
  readonly mediaType: string
  /** At most 256 MiB. */
  readonly data: Uint8Array
}

export type Ending =
  | {
      readonly state: 'succeeded'
      readonly stoppedEarly?: true
      readonly solver?: SolverEnding
      readonly predictionTimeMs?: number
      readonly message?: string
      readonly artifacts?: readonly NewArtifact[]
    }
  | { readonly state: 'failed'; readonly reason: FailureReason; readonly message?: string }
  | { readonly state: 'cancelled' }

/** What a worker's report or heartbeat is answered with. `lost`: the run is no longer this attempt's; stop. */
export type LeaseAnswer =
  | { readonly held: true; readonly cancelRequested: boolean }
  | { readonly held: false }

export interface RunQuery {
  /** In the filter language of `filter.ts`; all runs by default. */
  readonly filter?: string
  /** Field names, `-` before one for falling order, separated by commas; `-createdAt` by default. */
  readonly sort?: string
  /** From 1 to 1000, 50 by default. */
  readonly limit?: number
  /** `nextCursor` of the page before, with the same filter and sort. */
  readonly cursor?: string
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

export interface SeriesQuery {
  /** All that the run has but those of single tensors, by default. */
  readonly keys?: readonly RecordedKey[]
  /** First and last step, inclusive. */
  readonly from?: number
  readonly to?: number
  /** At most about this many points a series: each bucket of steps keeps its first, smallest, largest and last. */
  readonly points?: number
}

export interface Series {
  readonly key: RecordedKey
  readonly steps: readonly number[]
  readonly values: readonly number[]
  /** Whether points were left out. */
  readonly sampled: boolean
}

/**
 * Experiments, runs, their series and checkpoints, and the queue of runs, in one place and one transaction.
 *
 * A run's row is its job: claiming takes a lease until a time and raises the attempt, and every later write names that
 * attempt (a fencing token), so that a worker that was thought dead cannot write over its successor.
 * Time comes from `now`, given at opening.
 */
export interface Store {
  /** Stores the experiment and queues its runs, in one transaction: once this resolves nothing of it can be lost. */
  submit(experiment: ExperimentDocument, runs: readonly ExpandedRun[]): Promise<Experiment>
  experiment(id: string): Promise<Experiment | undefined>
  /** Newest first. */
  experiments(query?: { readonly limit?: number; readonly cursor?: string }): Promise<Page<Experiment>>
  run(id: string): Promise<RunDetails | undefined>
  /** Throws QueryError for a filter, sort or cursor that does not fit. */
  runs(query?: RunQuery): Promise<Page<Run>>
  /** Undefined when there is no such run. */
  series(runId: string, query?: SeriesQuery): Promise<readonly Series[] | undefined>
  /** Undefined when the run has no such artifact. */
  artifact(runId: string, artifactId: string): Promise<ArtifactContent | undefined>

  /**
   * Takes the oldest queued run for `owner` until `leaseMs` from now; none where that one wants more than `mostThreads`
   * threads, any number by default. A run waits until those that it depends on have ended, whatever became of them;
   * apart from that no run overtakes another.
   */
  claim(owner: string, leaseMs: number, mostThreads?: number): Promise<ClaimedRun | undefined>
  heartbeat(fence: Fence, leaseMs: number): Promise<LeaseAnswer>
  /** Also renews the lease. */
  report(fence: Fence, report: Report, leaseMs: number): Promise<LeaseAnswer>
  /** Ends the run and stores its artifacts, in one transaction. Whether the run was still this attempt's. */
  finish(fence: Fence, ending: Ending): Promise<boolean>
  /** Gives a run back to the queue, as when a server drains; does not count as an attempt that failed. */
  release(fence: Fence): Promise<boolean>
  /** A queued run is cancelled at once, a running one is asked to stop. Undefined when there is no such run. */
  requestCancellation(runId: string): Promise<Run | undefined>
  /**
   * Runs whose lease ran out, and those of `deadOwner` at once, go back to the queue, or fail as `lost` once their worker
   * failed `maxAttempts` times without a checkpoint in between. With `workerFailed: false` (the whole service ended) the
   * attempt does not count. Resolves to how many went either way.
   */
  reclaim(options: {
    readonly deadOwner?: string
    readonly maxAttempts: number
    readonly workerFailed?: boolean
  }): Promise<{ readonly requeued: number; readonly lost: number }>
  /** Whether there is any experiment: an empty database gets a first one. */
  isEmpty(): Promise<boolean>
  close(): Promise<void>
}
