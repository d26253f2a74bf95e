import type { RecordedKey, SeriesKey } from '@thalweg/document'
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { Database } from './connection.ts'
import { points, runSummary, series } from './schema.ts'
import { isSeriesKey } from './series-keys.ts'
import type { Point } from './store.ts'
import { fromStored, toStored } from './stored-number.ts'

type Summary = typeof runSummary.$inferInsert

export interface RecordedPoints {
  /** Stores the points of a run, over those that stand at the same key and step, and its summary with them. */
  readonly record: (run: number, points: readonly Point[]) => void
  /** Removes what was recorded after `step`, so that a run that goes on from there draws one curve. */
  readonly truncate: (run: number, step: number) => void
}

/** The writing side of points and summaries, inside the caller's transaction. Runs are named by sequence. */
export function recordedPoints(db: Database): RecordedPoints {
  const insertPoint = db
    .insert(points)
    .values({
      series: sql.placeholder('series'),
      step: sql.placeholder('step'),
      value: sql.placeholder('value'),
      kind: sql.placeholder('kind'),
    })
    .onConflictDoUpdate({
      target: [points.series, points.step],
      set: { value: sql`excluded.value`, kind: sql`excluded.kind` },
    })
    .prepare()

  const findSeries = db
    .select({ id: series.id })
    .from(series)
    .where(and(eq(series.run, sql.placeholder('run')), eq(series.key, sql.placeholder('key'))))
    .prepare()

  function seriesId(run: number, key: RecordedKey): number {
    return (
      findSeries.get({ run, key })?.id ??
      db.insert(series).values({ run, key }).returning({ id: series.id }).get().id
    )
  }

  function record(run: number, added: readonly Point[]): void {
    for (const [key, values] of bySeries(added)) {
      const id = seriesId(run, key)
      const steps = [...values.keys()].sort((a, b) => a - b)
      for (const step of steps) insertPoint.run({ series: id, step, ...toStored(values.get(step)!) })
      if (isSeriesKey(key)) summarize(run, key, id, steps, values)
    }
  }

  function summarize(
    run: number,
    key: SeriesKey,
    id: number,
    steps: readonly number[],
    values: ReadonlyMap<number, number>,
  ): void {
    const before = db
      .select()
      .from(runSummary)
      .where(and(eq(runSummary.run, run), eq(runSummary.key, key)))
      .get()
    // A point at or before the last one may have replaced another: only then is everything read again.
    const follows = before === undefined || steps[0] > before.lastStep
    const after = follows ? extended(before, run, key, steps, values) : recomputed(db, run, key, id)
    if (after !== undefined) writeSummary(db, after)
  }

  function truncate(run: number, step: number): void {
    for (const { id, key } of db.select().from(series).where(eq(series.run, run)).all()) {
      const removed = db
        .delete(points)
        .where(and(eq(points.series, id), gt(points.step, step)))
        .run()
      if (removed.changes === 0) continue
      if (isSeriesKey(key)) summarizeAgain(run, key, id)
      if (newestPoint(db, id) === undefined) db.delete(series).where(eq(series.id, id)).run()
    }
  }

  function summarizeAgain(run: number, key: SeriesKey, id: number): void {
    const summary = recomputed(db, run, key, id)
    if (summary !== undefined) writeSummary(db, summary)
    else {
      db.delete(runSummary)
        .where(and(eq(runSummary.run, run), eq(runSummary.key, key)))
        .run()
    }
  }

  return { record, truncate }
}

/** Key -> step -> value; of two points at one place the later one counts. */
function bySeries(added: readonly Point[]): ReadonlyMap<RecordedKey, ReadonlyMap<number, number>> {
  const grouped = new Map<RecordedKey, Map<number, number>>()
  for (const { key, step, value } of added) {
    const values = grouped.get(key)
    if (values === undefined) grouped.set(key, new Map([[step, value]]))
    else values.set(step, value)
  }
  return grouped
}

function extended(
  before: Summary | undefined,
  run: number,
  key: SeriesKey,
  steps: readonly number[],
  values: ReadonlyMap<number, number>,
): Summary {
  let min = before?.min ?? null
  let max = before?.max ?? null
  for (const value of values.values()) {
    if (!Number.isFinite(value)) continue
    if (min === null || value < min) min = value
    if (max === null || value > max) max = value
  }
  const lastStep = steps[steps.length - 1]
  const { value: last, kind: lastKind } = toStored(values.get(lastStep)!)
  return { run, key, last, lastKind, lastStep, min, max, points: (before?.points ?? 0) + steps.length }
}

function recomputed(db: Database, run: number, key: SeriesKey, id: number): Summary | undefined {
  const newest = newestPoint(db, id)
  const whole = db
    .select({
      count: sql<number>`count(*)`,
      min: sql<number | null>`min(CASE WHEN ${points.kind} = 0 THEN ${points.value} END)`,
      max: sql<number | null>`max(CASE WHEN ${points.kind} = 0 THEN ${points.value} END)`,
    })
    .from(points)
    .where(eq(points.series, id))
    .get()
  if (newest === undefined || whole === undefined) return undefined
  const { value: last, kind: lastKind } = toStored(fromStored(newest.value, newest.kind))
  const { min, max, count } = whole
  return { run, key, last, lastKind, lastStep: newest.step, min, max, points: count }
}

function newestPoint(db: Database, id: number): typeof points.$inferSelect | undefined {
  return db.select().from(points).where(eq(points.series, id)).orderBy(desc(points.step)).limit(1).get()
}

function writeSummary(db: Database, summary: Summary): void {
  const { run: _run, key: _key, ...columns } = summary
  db.insert(runSummary)
    .values(summary)
    .onConflictDoUpdate({ target: [runSummary.run, runSummary.key], set: columns })
    .run()
}
