import { type RecordedKey, seriesKeys } from '@thalweg/document'
import { asc, eq, sql } from 'drizzle-orm'
import type { Database } from './connection.ts'
import { downsample } from './downsample.ts'
import { checkCount } from './ranges.ts'
import { points, runs, series } from './schema.ts'
import type { Series, SeriesQuery } from './store.ts'
import { fromStored } from './stored-number.ts'

/**
 * In the order of `seriesKeys`, then those of single tensors as they were first recorded; a key without any point in the
 * range is left out.
 */
export function readSeries(db: Database, runId: string, query: SeriesQuery): readonly Series[] | undefined {
  if (query.from !== undefined) checkCount('from', query.from)
  if (query.to !== undefined) checkCount('to', query.to)
  if (query.points !== undefined) checkCount('points', query.points, 1)
  const run = db.select({ sequence: runs.sequence }).from(runs).where(eq(runs.id, runId)).get()
  if (run === undefined) return undefined
  const ids = new Map(
    db
      .select()
      .from(series)
      .where(eq(series.run, run.sequence))
      .orderBy(asc(series.id))
      .all()
      .map(({ id, key }) => [key, id]),
  )
  const wanted = new Set<RecordedKey>(query.keys ?? seriesKeys)
  return [...new Set([...seriesKeys, ...ids.keys()])].flatMap((key) => {
    const id = ids.get(key)
    return id === undefined || !wanted.has(key) ? [] : readOne(db, key, id, query)
  })
}

function readOne(db: Database, key: RecordedKey, id: number, query: SeriesQuery): readonly Series[] {
  const { from = 0, to = Number.MAX_SAFE_INTEGER } = query
  // Plain rows: mapping each to an object would double the time of a long series.
  const rows = db.values<[step: number, value: number | null, kind: number]>(sql`
    SELECT ${points.step}, ${points.value}, ${points.kind} FROM ${points}
    WHERE ${points.series} = ${id} AND ${points.step} BETWEEN ${from} AND ${to} ORDER BY ${points.step}`)
  if (rows.length === 0) return []
  const steps = rows.map(([step]) => step)
  const values = rows.map(([, value, kind]) => fromStored(value, kind))
  const kept = query.points === undefined ? undefined : downsample(steps, values, query.points)
  if (kept === undefined) return [{ key, steps, values, sampled: false }]
  return [
    {
      key,
      steps: kept.map((place) => steps[place]),
      values: kept.map((place) => values[place]),
      sampled: true,
    },
  ]
}
