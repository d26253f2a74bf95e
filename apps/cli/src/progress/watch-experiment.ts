import type { Client, RunResource } from '@thalweg/client'
import { inDocumentOrder, type Variations } from '../comparison/run-label.ts'
import { experimentRuns } from '../experiment-runs.ts'
import { isFinal } from '../run-state.ts'
import type { Surroundings } from '../surroundings.ts'
import type { Progress } from './progress.ts'

export interface Watch {
  readonly client: Client
  readonly experimentId: string
  readonly document: Variations
  readonly progress: Progress
  readonly intervalMs: number
  /** Aborted when the person watching has seen enough. */
  readonly signal: AbortSignal
}

export interface Watched {
  readonly runs: readonly RunResource[]
  /** Whether every run has ended; otherwise the watching was stopped. */
  readonly complete: boolean
}

/** Shows the progress of an experiment's runs until all have ended. */
export async function watchExperiment(watch: Watch, surroundings: Surroundings): Promise<Watched> {
  const { client, experimentId, document, progress, intervalMs, signal } = watch
  try {
    for (;;) {
      const runs = inDocumentOrder(await experimentRuns(client, experimentId), document)
      progress.update(runs)
      const complete = runs.length > 0 && runs.every(isFinal)
      if (complete || signal.aborted) return { runs, complete }
      await surroundings.sleep(intervalMs, signal)
    }
  } finally {
    progress.stop()
  }
}
