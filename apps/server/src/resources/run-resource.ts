import {
  type ArtifactResource,
  type RunDetailsResource,
  type RunResource,
  toWireNumber,
} from '@thalweg/client'
import type { Artifact, Run, RunDetails } from '@thalweg/store'
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
    role: run.role,
    dependsOn: [...run.dependsOn],
    document: run.document,
    variation: variationSchema.parse(run.variation),
    tags: [...run.tags],
    attempt: run.attempt,
    backend: run.backend,
    cancelRequested: run.cancelRequested,
    createdAt: timeOf(run.createdAtMs),
    startedAt: run.startedAtMs === undefined ? undefined : timeOf(run.startedAtMs),
    finishedAt: run.finishedAtMs === undefined ? undefined : timeOf(run.finishedAtMs),
    step,
    totalSteps: run.totalSteps,
    trainingMs,
    stepsPerSecond: trainingMs > 0 ? (1000 * step) / trainingMs : undefined,
    targetStep: run.targetStep,
    targetTrainingMs: run.targetTrainingMs,
    stoppedEarly: run.stoppedEarly,
    solver: run.solver,
    predictionTimeMs: run.predictionTimeMs,
    metrics: Object.fromEntries(
      Object.entries(run.metrics).map(([key, summary]) => [
        key,
        { ...summary, last: toWireNumber(summary.last) },
      ]),
    ),
  }
}

/** One run as it crosses the wire, with what lists leave out. */
export function runDetailsResource(run: RunDetails): RunDetailsResource {
  const { artifacts, tensorSeries } = run
  return {
    ...runResource(run),
    artifacts: artifacts.map(artifactResource),
    tensorSeries: [...tensorSeries],
  }
}

function artifactResource({ createdAtMs, ...artifact }: Artifact): ArtifactResource {
  return { ...artifact, createdAt: timeOf(createdAtMs) }
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
