import { type RunResource, toWireNumber } from '@thalweg/client'
import type { Run } from '@thalweg/store'
import { z } from 'zod'

const variationSchema = z.record(z.string(), z.json())

/** A run as it crosses the wire. */
export function runResource(run: Run): RunResource {
  const { step, trainingMs } = run
  return {
    id: run.id,
    experimentId: run.experimentId,
    state: run.state,
    reason: run.reason,
    message: run.message,
    document: run.document,
    variation: variationSchema.parse(run.variation),
    tags: [...run.tags],
    attempt: run.attempt,
    cancelRequested: run.cancelRequested,
    createdAt: timeOf(run.createdAtMs),
    startedAt: run.startedAtMs === undefined ? undefined : timeOf(run.startedAtMs),
    finishedAt: run.finishedAtMs === undefined ? undefined : timeOf(run.finishedAtMs),
    step,
    totalSteps: run.totalSteps,
    trainingMs,
    stepsPerSecond: trainingMs > 0 ? (1000 * step) / trainingMs : undefined,
    targetStep: run.targetStep,
    metrics: Object.fromEntries(
      Object.entries(run.metrics).map(([key, summary]) => [
        key,
        { ...summary, last: toWireNumber(summary.last) },
      ]),
    ),
  }
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
