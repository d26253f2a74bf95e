import {
  type ExperimentDocument,
  type RecordedKey,
  type RunDocument,
  runRoles,
  type SeriesKey,
  type SolverEnding,
  seriesKeys,
} from '@thalweg/document'
import { sql } from 'drizzle-orm'
import {
  blob,
  check,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

// The tables marked WITHOUT ROWID get that clause by hand in the generated migration: drizzle-kit cannot say it.
// `sequence` is the row id: it orders by insertion, and the other tables refer to it because it is small.

const states = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
const reasons = ['error', 'diverged', 'lost', 'timeout', 'limit'] as const

export const experiments = sqliteTable('experiments', {
  sequence: integer('sequence').primaryKey({ autoIncrement: true }),
  id: text('id').notNull().unique(),
  createdAtMs: integer('created_at_ms').notNull(),
  document: text('document', { mode: 'json' }).$type<ExperimentDocument>().notNull(),
})

/** A run's row is also its job: `sequence` is its place in the queue, `attempt` the fencing token of its lease. */
export const runs = sqliteTable(
  'runs',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    experiment: text('experiment')
      .notNull()
      .references(() => experiments.id),
    state: text('state', { enum: states }).notNull(),
    reason: text('reason', { enum: reasons }),
    message: text('message'),
    attempt: integer('attempt').notNull().default(0),
    /** Attempts whose lease ran out or whose owner died; a release does not count. */
    lostAttempts: integer('lost_attempts').notNull().default(0),
    leaseOwner: text('lease_owner'),
    leaseUntilMs: integer('lease_until_ms'),
    cancelRequested: integer('cancel_requested', { mode: 'boolean' }).notNull().default(false),
    createdAtMs: integer('created_at_ms').notNull(),
    startedAtMs: integer('started_at_ms'),
    finishedAtMs: integer('finished_at_ms'),
    step: integer('step').notNull().default(0),
    totalSteps: integer('total_steps'),
    trainingMs: real('training_ms').notNull().default(0),
    targetStep: integer('target_step'),
    // Last, so that a scan that needs only the columns above does not read them.
    variation: text('variation', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    document: text('document', { mode: 'json' }).$type<RunDocument>().notNull(),
    // SQLite adds columns behind the others.
    /** What computes matrix products in the newest attempt, with its version. */
    backend: text('backend'),
    targetTrainingMs: real('target_training_ms'),
    stoppedEarly: integer('stopped_early', { mode: 'boolean' }).notNull().default(false),
    solver: text('solver', { mode: 'json' }).$type<SolverEnding>(),
    role: text('role', { enum: runRoles }).notNull().default('run'),
    predictionTimeMs: real('prediction_time_ms'),
  },
  (table) => [
    index('runs_queued').on(table.sequence).where(sql`state = 'queued'`),
    index('runs_lease').on(table.leaseUntilMs).where(sql`state = 'running'`),
    index('runs_experiment').on(table.experiment, table.state),
    index('runs_created').on(sql`created_at_ms DESC`, table.id),
    check('runs_state', sql.raw(`state IN (${quoted(states)})`)),
    check('runs_reason', sql.raw(`reason IN (${quoted(reasons)})`)),
    check('runs_failed', sql.raw(`(state = 'failed') = (reason IS NOT NULL)`)),
    check('runs_leased', sql.raw(`(state = 'running') = (lease_until_ms IS NOT NULL)`)),
  ],
)

const ofRun = () =>
  integer('run')
    .notNull()
    .references(() => runs.sequence)

/** Which runs must have ended before a run starts. WITHOUT ROWID. */
export const dependencies = sqliteTable(
  'dependencies',
  {
    run: ofRun(),
    dependsOn: integer('depends_on')
      .notNull()
      .references(() => runs.sequence),
  },
  (table) => [primaryKey({ columns: [table.run, table.dependsOn] })],
)

/** Every leaf of a run's document by dotted path, for filters: numbers in `num`, all else in `text`. WITHOUT ROWID. */
export const params = sqliteTable(
  'params',
  { run: ofRun(), key: text('key').notNull(), num: real('num'), text: text('text') },
  (table) => [
    primaryKey({ columns: [table.run, table.key] }),
    index('params_num').on(table.key, table.num).where(sql`num IS NOT NULL`),
    index('params_text').on(table.key, table.text).where(sql`text IS NOT NULL`),
    check('params_value', sql.raw('(num IS NULL) <> (text IS NULL)')),
  ],
)

/** WITHOUT ROWID. */
export const tags = sqliteTable('tags', { run: ofRun(), tag: text('tag').notNull() }, (table) => [
  primaryKey({ columns: [table.run, table.tag] }),
  index('tags_tag').on(table.tag),
])

/** What the run list shows of each series but those of single tensors, kept in step with `points` by every write. WITHOUT ROWID. */
export const runSummary = sqliteTable(
  'run_summary',
  {
    run: ofRun(),
    key: text('key', { enum: seriesKeys }).$type<SeriesKey>().notNull(),
    last: real('last'),
    lastKind: integer('last_kind').notNull(),
    lastStep: integer('last_step').notNull(),
    /** Of the finite values. */
    min: real('min'),
    max: real('max'),
    points: integer('points').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.key] }),
    index('run_summary_last').on(table.key, table.last),
    check('run_summary_kind', sql.raw('last_kind IN (0, 1, 2, 3) AND (last IS NULL) = (last_kind = 1)')),
  ],
)

export const series = sqliteTable(
  'series',
  {
    id: integer('id').primaryKey(),
    run: ofRun(),
    key: text('key').$type<RecordedKey>().notNull(),
  },
  (table) => [uniqueIndex('series_run').on(table.run, table.key)],
)

/** WITHOUT ROWID. `kind` is in `stored-number.ts`. */
export const points = sqliteTable(
  'points',
  {
    series: integer('series')
      .notNull()
      .references(() => series.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    value: real('value'),
    kind: integer('kind').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.series, table.step] }),
    check('points_kind', sql.raw('kind IN (0, 1, 2, 3) AND (value IS NULL) = (kind = 1)')),
  ],
)

/** The newest checkpoint of each run. */
export const checkpoints = sqliteTable('checkpoints', {
  run: integer('run')
    .primaryKey()
    .references(() => runs.sequence),
  attempt: integer('attempt').notNull(),
  step: integer('step').notNull(),
  data: blob('data', { mode: 'buffer' }).notNull(),
})

/** Files that runs left. */
export const artifacts = sqliteTable(
  'artifacts',
  {
    sequence: integer('sequence').primaryKey(),
    id: text('id').notNull().unique(),
    run: ofRun(),
    name: text('name').notNull(),
    mediaType: text('media_type').notNull(),
    bytes: integer('bytes').notNull(),
    /** In lower-case hexadecimal. */
    sha256: text('sha256').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [uniqueIndex('artifacts_run').on(table.run, table.name)],
)

/** Their bytes, in parts that can be read one at a time. */
export const artifactParts = sqliteTable(
  'artifact_parts',
  {
    artifact: integer('artifact')
      .notNull()
      .references(() => artifacts.sequence, { onDelete: 'cascade' }),
    part: integer('part').notNull(),
    data: blob('data', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.artifact, table.part] })],
)

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ')
}
