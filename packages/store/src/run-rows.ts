import type { SeriesKey, TensorSeriesKey } from '@thalweg/document'
import { asc, eq, inArray } from 'drizzle-orm'
import { listArtifacts } from './artifact-rows.ts'
import type { Database } from './connection.ts'
import { readDependencies } from './run-inputs.ts'
import { runSummary, runs, series, tags } from './schema.ts'
import { isSeriesKey } from './series-keys.ts'
import type { Run, RunDetails, SeriesSummary } from './store.ts'
import { fromStored } from './stored-number.ts'

export function readRun(db: Database, id: string): RunDetails | undefined {
  const row = db.select({ sequence: runs.sequence }).from(runs).where(eq(runs.id, id)).get()
  if (row === undefined) return undefined
  const { sequence } = row
  const [run] = readRuns(db, [sequence])
  return { ...run, artifacts: listArtifacts(db, sequence), tensorSeries: listTensorSeries(db, sequence) }
}

/** In the order in which they were first recorded. */
function listTensorSeries(db: Database, run: number): readonly TensorSeriesKey[] {
  return db
    .select({ key: series.key })
    .from(series)
    .where(eq(series.run, run))
    .orderBy(asc(series.id))
    .all()
    .flatMap(({ key }) => (isSeriesKey(key) ? [] : [key]))
}

/** The runs in the order asked for, with tags, dependencies and summaries: four queries however many they are. */
export function readRuns(db: Database, sequences: readonly number[]): readonly Run[] {
  if (sequences.length === 0) return []
  const wanted = [...sequences]
  const rows = db.select().from(runs).where(inArray(runs.sequence, wanted)).all()
  const tagsOf = new Map(wanted.map((run): [number, string[]] => [run, []]))
  for (const { run, tag } of db
    .select()
    .from(tags)
    .where(inArray(tags.run, wanted))
    .orderBy(asc(tags.run), asc(tags.tag))
    .all()) {
    tagsOf.get(run)?.push(tag)
  }
  const metricsOf = new Map(
    wanted.map((run): [number, Partial<Record<SeriesKey, SeriesSummary>>] => [run, {}]),
  )
  for (const row of db.select().from(runSummary).where(inArray(runSummary.run, wanted)).all()) {
    const metrics = metricsOf.get(row.run)
    if (metrics !== undefined) metrics[row.key] = toSummary(row)
  }
  const dependenciesOf = readDependencies(db, wanted)
  const place = new Map(wanted.map((run, index) => [run, index]))
  return rows
    .sort((a, b) => place.get(a.sequence)! - place.get(b.sequence)!)
    .map((row) =>
      toRun(row, {
        dependsOn: dependenciesOf.get(row.sequence) ?? [],
        tags: tagsOf.get(row.sequence) ?? [],
        metrics: metricsOf.get(row.sequence) ?? {},
      }),
    )
}

function toRun(
  row: typeof runs.$inferSelect,
  { dependsOn, tags, metrics }: Pick<Run, 'dependsOn' | 'tags' | 'metrics'>,
): Run {
  return {
    id: row.id,
    experimentId: row.experiment,
    state: row.state,
    reason: row.reason ?? undefined,
    message: row.message ?? undefined,
    role: row.role,
    dependsOn,
    document: row.document,
    variation: row.variation,
    tags,
    attempt: row.attempt,
    backend: row.backend ?? undefined,
    cancelRequested: row.cancelRequested,
    createdAtMs: row.createdAtMs,
    startedAtMs: row.startedAtMs ?? undefined,
    finishedAtMs: row.finishedAtMs ?? undefined,
    step: row.step,
    totalSteps: row.totalSteps ?? undefined,
    trainingMs: row.trainingMs,
    targetStep: row.targetStep ?? undefined,
    targetTrainingMs: row.targetTrainingMs ?? undefined,
    stoppedEarly: row.stoppedEarly,
    solver: row.solver ?? undefined,
    predictionTimeMs: row.predictionTimeMs ?? undefined,
    metrics,
  }
}

function toSummary(row: typeof runSummary.$inferSelect): SeriesSummary {
  return {
    last: fromStored(row.last, row.lastKind),
    lastStep: row.lastStep,
    min: row.min ?? undefined,
    max: row.max ?? undefined,
    points: row.points,
  }
}
