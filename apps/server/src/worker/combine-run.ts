import { combineMembers } from '@thalweg/engine'
import { keptFiles } from './kept-files.ts'
import { pointBatch } from './point-batch.ts'
import type { Assignment, Outcome } from './protocol.ts'
import { messageOf, type TrainRunOptions } from './train-run.ts'

/**
 * Combines the models of other runs and records the scores at step 0. It keeps no checkpoint: a combination that is
 * interrupted starts again.
 */
export async function combineRun(
  { document, dataDirectory, members }: Assignment,
  { backend, reports, stopReason }: TrainRunOptions,
): Promise<Outcome> {
  try {
    const startedAt = performance.now()
    const combined = await combineMembers(document, members, { dataDirectory, backend })
    const { values, artifacts: files, message, predictionTimeMs } = combined
    if (stopReason() === 'cancelled') return { state: 'cancelled' }
    const batch = pointBatch()
    batch.add({ type: 'metric', step: 0, values })
    const trainingMs = performance.now() - startedAt
    const description = backend.products.description
    await reports.send({ columns: batch.take(), step: 0, totalSteps: 0, trainingMs, backend: description })
    await reports.settled()
    const { artifacts, notes } = keptFiles(files)
    const messages = [...(message === undefined ? [] : [message]), ...notes]
    return {
      state: 'succeeded',
      ...(predictionTimeMs !== undefined && { predictionTimeMs }),
      ...(messages.length > 0 && { message: messages.join('; ') }),
      artifacts,
    }
  } catch (error) {
    return { state: 'failed', reason: 'error', message: messageOf(error) }
  }
}
