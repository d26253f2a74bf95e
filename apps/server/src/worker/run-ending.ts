import { availableParallelism } from 'node:os'
import type { DoneEvent, RunDocument } from '@thalweg/document'
import type { Training } from '@thalweg/engine'
import type { Ending } from '@thalweg/store'
import { filesOf } from './kept-files.ts'
import { mostTensorSeries } from './point-batch.ts'

/** What a training that came to its end leaves: its state, its model, and notes on what is not as it was asked for. */
export function runEnding(
  { outcome, step, stoppedEarly, solver, predictionTimeMs }: DoneEvent,
  document: RunDocument,
  training: Training,
  droppedSeries: number,
): Ending {
  if (outcome === 'diverged') {
    return {
      state: 'failed',
      reason: 'diverged',
      message: `a loss or gradient was not finite at step ${step}`,
    }
  }
  const files = filesOf(training, document)
  const notes = [
    ...files.notes,
    ...threadNotes(document.threads ?? 1),
    ...(droppedSeries > 0
      ? [`of its series of tensors the first ${mostTensorSeries} are kept, ${droppedSeries} are not`]
      : []),
  ]
  return {
    state: 'succeeded',
    ...(stoppedEarly === true && { stoppedEarly }),
    ...(solver !== undefined && { solver }),
    ...(predictionTimeMs !== undefined && { predictionTimeMs }),
    ...(notes.length > 0 && { message: notes.join('; ') }),
    artifacts: files.artifacts,
  }
}

function threadNotes(threads: number): readonly string[] {
  const cores = availableParallelism()
  return threads > cores ? [`its ${threads} threads shared ${cores} cores`] : []
}
