import type { ExperimentResource } from '@thalweg/client'
import type { Experiment } from '@thalweg/store'

/** An experiment as it crosses the wire. */
export function experimentResource({ id, document, createdAtMs, runs }: Experiment): ExperimentResource {
  return {
    id,
    name: document.name,
    tags: document.tags,
    createdAt: new Date(createdAtMs).toISOString(),
    document,
    runs: { ...runs },
  }
}
