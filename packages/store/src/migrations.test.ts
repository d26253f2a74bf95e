import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSchema } from '@thalweg/document'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leaseMs, reportOf } from './fixtures.suite.ts'
import { openStore } from './open-store.ts'

const migrations = join(import.meta.dirname, '../migrations')
const journal = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8'))
const now = () => 1_800_000_000_000

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  path = join(folder, 'runs.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A database as it was after the first `count` migrations. */
function oldDatabase(count: number): Sqlite.Database {
  const old = join(folder, 'migrations')
  mkdirSync(join(old, 'meta'), { recursive: true })
  const entries = journal.entries.slice(0, count)
  writeFileSync(join(old, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }))
  for (const { tag } of entries) copyFileSync(join(migrations, `${tag}.sql`), join(old, `${tag}.sql`))
  const sqlite = new Sqlite(path)
  migrate(drizzle(sqlite), { migrationsFolder: old })
  return sqlite
}

/** A run as the first version wrote it: no loss could be named. */
const { loss: _, ...oldDocument } = runSchema.parse({
  dataset: { name: 'spirals' },
  optimizer: { name: 'adam', learningRate: 1e-3 },
  target: { metric: 'train.loss', atMost: 0.5 },
  seed: 1,
})

describe('a database of the first version', () => {
  beforeEach(() => {
    const sqlite = oldDatabase(1)
    const document = { name: 'old', tags: [], run: {}, vary: {}, search: { method: 'grid' }, seeds: [1] }
    sqlite
      .prepare(`INSERT INTO experiments (id, created_at_ms, document) VALUES ('e', 1, ?)`)
      .run(JSON.stringify(document))
    const insert = sqlite.prepare(
      `INSERT INTO runs (id, experiment, state, attempt, created_at_ms, step, training_ms, target_step, variation, document)
       VALUES (?, 'e', ?, 1, 1, 7, 20, ?, '{}', ?)`,
    )
    insert.run('queued', 'queued', null, JSON.stringify(oldDocument))
    insert.run('succeeded', 'succeeded', 5, JSON.stringify(oldDocument))
    sqlite.exec(`
      INSERT INTO params (run, key, text) VALUES (1, 'optimizer.name', 'adam'), (2, 'optimizer.name', 'adam');
      INSERT INTO series (id, run, key) VALUES (1, 2, 'train.loss');
      INSERT INTO points (series, step, value, kind) VALUES (1, 1, 0.5, 0), (1, 2, NULL, 1);
      INSERT INTO run_summary (run, key, last, last_kind, last_step, min, max, points)
        VALUES (2, 'train.loss', NULL, 1, 2, 0.5, 0.5, 2);
      INSERT INTO checkpoints (run, attempt, step, data) VALUES (1, 1, 7, x'010203');`)
    sqlite.close()
  })

  it('keeps its runs and their curves', async () => {
    const store = await openStore({ path, now })
    expect(await store.run('succeeded')).toMatchObject({
      state: 'succeeded',
      targetStep: 5,
      targetTrainingMs: undefined,
      backend: undefined,
      stoppedEarly: false,
      solver: undefined,
      role: 'run',
      dependsOn: [],
      predictionTimeMs: undefined,
      artifacts: [],
      tensorSeries: [],
      metrics: { 'train.loss': { last: Number.NaN, points: 2 } },
    })
    expect(await store.series('succeeded')).toEqual([
      { key: 'train.loss', steps: [1, 2], values: [0.5, Number.NaN], sampled: false },
    ])
    await store.close()
  })

  it('has documents that are complete again, for readers and for filters', async () => {
    const store = await openStore({ path, now })
    const filter = 'params.loss.name = "softmaxCrossEntropy" AND optimizer = "adam"'
    const { items } = await store.runs({ filter, sort: 'id' })
    expect(items.map(({ id }) => id)).toEqual(['queued', 'succeeded'])
    for (const { document } of items) expect(document).toEqual(runSchema.parse(oldDocument))
    await store.close()
  })

  it('starts runs again whose checkpoint is of a layout that is gone', async () => {
    const store = await openStore({ path, now })
    const run = await store.claim('worker', leaseMs)
    expect(run).toMatchObject({ runId: 'queued', attempt: 2, checkpoint: undefined })
    if (run === undefined) return
    await store.report(run, reportOf([], { backend: 'wasm', targetStep: 1 }), leaseMs)
    const artifacts = [{ name: 'a', mediaType: 'text/plain', data: Uint8Array.of(1, 2) }]
    await store.finish(run, { state: 'succeeded', stoppedEarly: true, artifacts })
    expect(await store.run('queued')).toMatchObject({
      backend: 'wasm',
      targetStep: 1,
      targetTrainingMs: 25,
      stoppedEarly: true,
      artifacts: [{ name: 'a', bytes: 2 }],
    })
    await store.close()
  })
})

it.each(Array.from({ length: journal.entries.length }, (_, count) => count))(
  'after %i migrations, the others lead to the schema of a new database',
  async (count) => {
    if (count > 0) oldDatabase(count).close()
    await (await openStore({ path, now })).close()
    const fresh = join(folder, 'fresh.db')
    await (await openStore({ path: fresh, now })).close()
    const schemas = [path, fresh].map((file) => {
      const sqlite = new Sqlite(file)
      const rows = sqlite.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
      sqlite.close()
      return rows
    })
    expect(schemas[0]).toEqual(schemas[1])
  },
)
