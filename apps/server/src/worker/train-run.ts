import { setImmediate } from 'node:timers/promises'
import type { RunDocument } from '@thalweg/document'
import { prepareTraining, type Training } from '@thalweg/engine'
import type { Backend } from '@thalweg/kernels/node'
import { pointBatch } from './point-batch.ts'
import type { Assignment, Outcome, Progress, StopReason } from './protocol.ts'
import type { ReportChannel } from './report-channel.ts'
import { runEnding } from './run-ending.ts'

const reportEveryMs = 250
/** A report of more points goes at once: storing it must not keep the server from answering for long. */
const mostPoints = 5000
/** How long training may keep messages from being read. */
const yieldEveryMs = 30
const checkpointEveryMs = 5000
/** Storing checkpoints may take this part of the time: those of large models become rarer. */
const checkpointShare = 1 / 20
/** Larger ones would keep the server from answering while it stores them: such a run starts again after a restart. */
const mostCheckpointBytes = 256 * 2 ** 20

/** What computes, where a run's progress goes to, and where word to stop comes from. */
export interface TrainRunOptions {
  readonly backend: Backend
  readonly reports: ReportChannel
  readonly stopReason: () => StopReason | undefined
}

/**
 * Trains one run and reports on it. Resolves when every point is stored, whatever the outcome: an error, too, ends a
 * run in order, with its curve kept.
 */
export async function trainRun(assignment: Assignment, options: TrainRunOptions): Promise<Outcome> {
  const { document, dataDirectory, checkpoint, teacher } = assignment
  let checkpointDueAt = performance.now() + checkpointEveryMs
  let smallEnough = true
  const wantsCheckpoint = () =>
    smallEnough && (options.stopReason() === 'draining' || performance.now() >= checkpointDueAt)
  const onCheckpointStored = (tookMs: number) => {
    checkpointDueAt = performance.now() + Math.max(checkpointEveryMs, tookMs / checkpointShare)
  }
  try {
    const training = await prepareTraining(document, {
      dataDirectory,
      backend: options.backend,
      wantsCheckpoint,
      ...(checkpoint !== undefined && { checkpoint }),
      ...(teacher !== undefined && { teacher: { data: teacher } }),
    })
    smallEnough = training.checkpointBytes <= mostCheckpointBytes
    return await followTraining(document, training, options, onCheckpointStored)
  } catch (error) {
    return { state: 'failed', reason: 'error', message: messageOf(error) }
  }
}

async function followTraining(
  document: RunDocument,
  training: Training,
  { reports, stopReason }: TrainRunOptions,
  onCheckpointStored: (tookMs: number) => void,
): Promise<Outcome> {
  const { totalSteps } = training
  const batch = pointBatch()
  let step = 0
  let trainingMs = 0
  let reportedAt = Number.NEGATIVE_INFINITY
  let yieldedAt = performance.now()

  async function report(more: Pick<Progress, 'targetStep' | 'checkpoint'> = {}): Promise<void> {
    const first = reportedAt === Number.NEGATIVE_INFINITY
    reportedAt = performance.now()
    const spentMs = trainingMs
    trainingMs = 0
    const progress = { columns: batch.take(), step, totalSteps, trainingMs: spentMs, ...more }
    await reports.send(first ? { ...progress, backend: training.backend } : progress)
  }
  async function reportLast(): Promise<void> {
    if (batch.size() > 0 || trainingMs > 0) await report()
    await reports.settled()
  }

  const events = training.events()
  try {
    for (;;) {
      if (stopReason() === 'cancelled') return { state: 'cancelled' }
      if (stopReason() === 'draining' && training.checkpointBytes > mostCheckpointBytes)
        return { state: 'released' }
      const startedAt = performance.now()
      const { value: event, done } = await events.next()
      trainingMs += performance.now() - startedAt
      if (done) throw new Error('training stopped without saying how it ended')

      step = event.step
      switch (event.type) {
        case 'metric':
          batch.add(event)
          break
        case 'target':
          await report({ targetStep: event.step })
          break
        case 'checkpoint': {
          // Points and checkpoint in one transaction: what is stored always fits together.
          const sentAt = performance.now()
          await report({ checkpoint: { step: event.step, data: event.data } })
          await reports.settled()
          onCheckpointStored(performance.now() - sentAt)
          if (stopReason() === 'draining') return { state: 'released' }
          break
        }
        case 'done':
          return runEnding(event, document, training, batch.droppedSeries())
      }
      const now = performance.now()
      if (batch.size() > 0 && (now - reportedAt >= reportEveryMs || batch.size() >= mostPoints))
        await report()
      if (now - yieldedAt >= yieldEveryMs) {
        await setImmediate()
        yieldedAt = performance.now()
      }
    }
  } finally {
    await reportLast()
    await events.return()
    // Events that were never begun end nothing.
    await training.close()
  }
}

/** For people: no stack, and of bounded length. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message || 'training failed without a message').slice(0, 2000)
}
