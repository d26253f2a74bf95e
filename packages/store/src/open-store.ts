import { v7 } from 'uuid'
import { readArtifact } from './artifact-rows.ts'
import { connect } from './connection.ts'
import { hasExperiments, insertExperiment, listExperiments, readExperiment } from './experiment-rows.ts'
import * as queue from './queue.ts'
import { recordedPoints } from './recorded-points.ts'
import { listRuns } from './run-list.ts'
import { readRun, readRuns } from './run-rows.ts'
import { readSeries } from './series-rows.ts'
import type { Store } from './store.ts'

export interface StoreOptions {
  /** The database file, made with its folder where it is not there; `:memory:` for one that lives as long as the store. */
  readonly path: string
  /** Milliseconds since the epoch; leases and all times come from it. */
  readonly now: () => number
  /** UUIDv7 by default. Must never give the same id twice. */
  readonly newId?: () => string
}

/**
 * Opens the store on SQLite; its schema is brought up to date.
 *
 * Rejects with StoreError: `newer-schema`, `unreadable`, or `locked` where the file is open elsewhere: one server per
 * file. What a resolved call has written survives a crash and a power cut.
 *
 *   const store = await openStore({ path: 'thalweg.db', now: Date.now })
 */
export async function openStore({ path, now, newId = () => v7() }: StoreOptions): Promise<Store> {
  const { read, write, close } = connect(path)
  const points = read(recordedPoints)
  return {
    submit: async (experiment, runs) =>
      write((db) => insertExperiment(db, experiment, runs, { createdAtMs: now(), newId })),
    experiment: async (id) => read((db) => readExperiment(db, id)),
    experiments: async (query = {}) => read((db) => listExperiments(db, query)),
    run: async (id) => read((db) => readRun(db, id)),
    runs: async (query = {}) => read((db) => listRuns(db, query)),
    series: async (runId, query = {}) => read((db) => readSeries(db, runId, query)),
    artifact: async (runId, artifactId) => readArtifact(read, runId, artifactId),

    claim: async (owner, leaseMs, mostThreads) =>
      write((db) => queue.claimRun(db, points, { owner, leaseMs, mostThreads, nowMs: now() })),
    heartbeat: async (fence, leaseMs) => write((db) => queue.renewLease(db, fence, leaseMs, now())),
    report: async (fence, report, leaseMs) =>
      write((db) => queue.recordReport(db, points, fence, report, { leaseMs, nowMs: now() })),
    finish: async (fence, ending) =>
      write((db) => queue.finishRun(db, fence, ending, { nowMs: now(), newId })),
    release: async (fence) => write((db) => queue.releaseRun(db, fence, now())),
    requestCancellation: async (runId) =>
      write((db) => {
        const sequence = queue.cancelRun(db, runId, now())
        return sequence === undefined ? undefined : readRuns(db, [sequence])[0]
      }),
    reclaim: async ({ deadOwner, maxAttempts, workerFailed = true }) =>
      write((db) => queue.reclaimRuns(db, { deadOwner, maxAttempts, workerFailed, nowMs: now() })),
    isEmpty: async () => read((db) => !hasExperiments(db)),
    close: async () => close(),
  }
}
