import type { ExpandedRun, ExperimentDocument } from '@thalweg/document'
import { count, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Database } from './connection.ts'
import { decodeCursor, encodeCursor, fingerprint } from './cursor.ts'
import { leavesOf } from './leaves.ts'
import { pageLimit } from './page-limit.ts'
import { dependencies, experiments, params, runs, tags } from './schema.ts'
import type { Experiment, Page, RunState } from './store.ts'

type ExperimentRow = typeof experiments.$inferSelect

export function insertExperiment(
  db: Database,
  document: ExperimentDocument,
  expanded: readonly ExpandedRun[],
  { createdAtMs, newId }: { readonly createdAtMs: number; readonly newId: () => string },
): Experiment {
  const row = db.insert(experiments).values({ id: newId(), createdAtMs, document }).returning().get()
  const queued = expanded.map((run) => ({
    id: newId(),
    experiment: row.id,
    state: 'queued' as const,
    createdAtMs,
    document: run.document,
    variation: run.variation,
    role: run.role,
  }))
  // RETURNING promises no order.
  const sequenceOf = new Map(
    inChunks(queued)
      .flatMap((rows) =>
        db.insert(runs).values(rows).returning({ id: runs.id, sequence: runs.sequence }).all(),
      )
      .map(({ id, sequence }) => [id, sequence]),
  )
  const needs = expanded.flatMap(({ dependsOn }, place) =>
    dependsOn.map((needed) => ({
      run: sequenceOf.get(queued[place].id)!,
      dependsOn: sequenceOf.get(queued[needed].id)!,
    })),
  )
  for (const rows of inChunks(needs)) db.insert(dependencies).values(rows).run()
  // Prepared once: an experiment has thousands of leaves, and building a statement costs more than running it.
  const { placeholder } = sql
  const insertLeaf = db
    .insert(params)
    .values({
      run: placeholder('run'),
      key: placeholder('key'),
      num: placeholder('num'),
      text: placeholder('text'),
    })
    .prepare()
  const insertTag = db
    .insert(tags)
    .values({ run: placeholder('run'), tag: placeholder('tag') })
    .prepare()
  const labels = new Set(document.tags)
  for (const { id, document } of queued) {
    const run = sequenceOf.get(id)
    for (const leaf of leavesOf(document)) insertLeaf.run({ run, ...leaf })
    for (const tag of labels) insertTag.run({ run, tag })
  }
  return { id: row.id, document, createdAtMs, runs: { ...noRuns, queued: expanded.length } }
}

export function readExperiment(db: Database, id: string): Experiment | undefined {
  return withRunCounts(db, db.select().from(experiments).where(eq(experiments.id, id)).all())[0]
}

/** Newest first. Throws QueryError for a limit or cursor that does not fit. */
export function listExperiments(
  db: Database,
  query: { readonly limit?: number; readonly cursor?: string },
): Page<Experiment> {
  const limit = pageLimit(query.limit)
  const bound = fingerprint('experiments')
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, bound, 1)
  const [sequence] = after?.values ?? []
  const rows = db
    .select()
    .from(experiments)
    .where(typeof sequence === 'number' ? lt(experiments.sequence, sequence) : undefined)
    .orderBy(desc(experiments.sequence))
    .limit(limit + 1)
    .all()
  const items = withRunCounts(db, rows.slice(0, limit))
  const last = rows[limit - 1]
  if (rows.length <= limit || last === undefined) return { items }
  return { items, nextCursor: encodeCursor({ bound, values: [last.sequence], id: last.id }) }
}

export function hasExperiments(db: Database): boolean {
  return db.select({ id: experiments.id }).from(experiments).limit(1).get() !== undefined
}

const noRuns: Readonly<Record<RunState, number>> = {
  queued: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
}

function withRunCounts(db: Database, rows: readonly ExperimentRow[]): readonly Experiment[] {
  if (rows.length === 0) return []
  const counted = db
    .select({ experiment: runs.experiment, state: runs.state, count: count() })
    .from(runs)
    .where(
      inArray(
        runs.experiment,
        rows.map(({ id }) => id),
      ),
    )
    .groupBy(runs.experiment, runs.state)
    .all()
  const counts = new Map(rows.map(({ id }) => [id, { ...noRuns }]))
  for (const { experiment, state, count } of counted) counts.get(experiment)![state] = count
  return rows.map(({ id, document, createdAtMs }) => ({
    id,
    document,
    createdAtMs,
    runs: counts.get(id) ?? noRuns,
  }))
}

/** SQLite takes 32766 values a statement; a run has 27 columns. */
const chunkRows = 500

function inChunks<T>(rows: readonly T[]): readonly T[][] {
  const count = Math.ceil(rows.length / chunkRows)
  return Array.from({ length: count }, (_, chunk) => rows.slice(chunk * chunkRows, (chunk + 1) * chunkRows))
}
