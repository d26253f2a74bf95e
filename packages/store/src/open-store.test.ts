import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimed, curve, expanded, leaseMs, reportOf, submit } from './fixtures.suite.ts'
import { graphSuite } from './graph.suite.ts'
import { openStore } from './open-store.ts'
import { queueSuite } from './queue.suite.ts'
import { recordsSuite } from './records.suite.ts'

const now = () => 1_700_000_000_000
const memory = () => openStore({ path: ':memory:', now })

for (const suite of [queueSuite, graphSuite, recordsSuite]) {
  suite('the store on SQLite in memory', (now) => openStore({ path: ':memory:', now }))
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

for (const suite of [queueSuite, graphSuite, recordsSuite]) {
  suite('the store on SQLite in a file', (now) => openStore({ path: join(folder, 'new', 'runs.db'), now }))
}

describe('a file', () => {
  it('is all there when it is opened again', async () => {
    const path = join(folder, 'runs.db')
    const first = await openStore({ path, now })
    await submit(first, { seeds: [1, 2], tags: ['kept'] })
    const run = await claimed(first)
    const checkpoint = { step: 2, data: Uint8Array.of(1, 2, 3) }
    await first.report(run, reportOf(curve('train.loss', [3, Number.NaN]), { checkpoint }), leaseMs)
    const everything = async (store: typeof first) => [
      await store.experiments(),
      await store.runs(),
      await store.series(run.runId),
    ]
    const before = await everything(first)
    await first.close()
    const second = await openStore({ path, now })
    expect(await everything(second)).toEqual(before)
    await second.release(run)
    expect((await claimed(second)).checkpoint?.step).toBe(2)
    await second.close()
  })

  it('keeps what waits for what', async () => {
    const path = join(folder, 'runs.db')
    const first = await openStore({ path, now })
    await submit(first, { seeds: [1, 2], ensemble: {} })
    await first.finish(await claimed(first), { state: 'succeeded' })
    await claimed(first)
    await first.close()
    const second = await openStore({ path, now })
    expect(await second.claim('worker', leaseMs)).toBeUndefined()
    await second.reclaim({ deadOwner: 'worker', maxAttempts: 3 })
    await second.finish(await claimed(second), { state: 'succeeded' })
    expect((await claimed(second)).inputs.map(({ document }) => document.seed)).toEqual([1, 2])
    await second.close()
  })

  it('is opened by one store at a time', async () => {
    const path = join(folder, 'runs.db')
    const first = await openStore({ path, now })
    const message = `${path} is open in another process; stop that one first`
    await expect(openStore({ path, now })).rejects.toMatchObject({ code: 'locked', message })
    const dangling = join(folder, 'dangling.db')
    symlinkSync(join(folder, 'made-later.db'), dangling)
    const through = await openStore({ path: dangling, now })
    await expect(openStore({ path: dangling, now })).rejects.toMatchObject({ code: 'locked' })
    await expect(openStore({ path: join(folder, 'made-later.db'), now })).rejects.toMatchObject({
      code: 'locked',
    })
    await through.close()
    const alias = `${path}-alias`
    symlinkSync(path, alias)
    await expect(openStore({ path: alias, now })).rejects.toMatchObject({ code: 'locked' })
    const second = `${path}-second`
    linkSync(path, second)
    await expect(openStore({ path: second, now })).rejects.toMatchObject({
      code: 'unreadable',
      message: `${second} has several names (hard links), which a database must not have`,
    })
    rmSync(second)
    await first.close()
    await (await openStore({ path, now })).close()
  })

  it('is refused when it is no database', async () => {
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'these are not the bytes of a database, however long one looks at them')
    const message = `${path} cannot be opened as a database: file is not a database`
    await expect(openStore({ path, now })).rejects.toMatchObject({ code: 'unreadable', message })
    // The lock is given back.
    await expect(openStore({ path, now })).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('is refused when it is a folder', async () => {
    await expect(openStore({ path: folder, now })).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('is refused when it is the database of another program', async () => {
    const path = join(folder, 'other.db')
    const other = new Sqlite(path)
    other.exec('CREATE TABLE notes (text)')
    other.close()
    const message = `${path} is a database of another program`
    await expect(openStore({ path, now })).rejects.toMatchObject({ code: 'unreadable', message })
  })

  it('is refused when a newer version wrote it', async () => {
    const path = join(folder, 'runs.db')
    await (await openStore({ path, now })).close()
    const raw = new Sqlite(path)
    raw.exec(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('of the future', 9e15)`)
    raw.close()
    const message = `${path} was written by a newer version of this program; open it with that version`
    await expect(openStore({ path, now })).rejects.toMatchObject({ code: 'newer-schema', message })
  })

  it('has the settings that its promises need', async () => {
    const path = join(folder, 'runs.db')
    await (await openStore({ path, now })).close()
    const raw = new Sqlite(path)
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(raw.pragma('auto_vacuum', { simple: true })).toBe(2)
    const tables = raw.prepare<[], { name: string }>('SELECT name FROM pragma_table_list WHERE wr = 1').all()
    expect(tables.map(({ name }) => name).sort()).toEqual([
      'dependencies',
      'params',
      'points',
      'run_summary',
      'tags',
    ])
    raw.close()
  })
})

describe('a transaction', () => {
  it('leaves nothing of a submission that fails on the way', async () => {
    const ids = ['experiment', 'run 1', 'run 2', 'run 1']
    const store = await openStore({ path: ':memory:', now, newId: () => ids.shift() ?? 'next' })
    const { experiment, runs } = expanded({ seeds: [1, 2, 3], tags: ['a'] })
    await expect(store.submit(experiment, runs)).rejects.toMatchObject({ code: 'failed', name: 'StoreError' })
    expect(await store.isEmpty()).toBe(true)
    expect((await store.runs()).items).toEqual([])
    expect(await store.claim('worker', leaseMs)).toBeUndefined()
    await store.close()
  })
})

describe('checkpoints in the file', () => {
  it.each([
    [{ state: 'succeeded' }, 0],
    [{ state: 'cancelled' }, 0],
    [{ state: 'failed', reason: 'diverged' }, 0],
    [{ state: 'failed', reason: 'error', message: 'out of memory' }, 1],
  ] as const)('after %j there are %i', async (ending, count) => {
    const path = join(folder, 'runs.db')
    const store = await openStore({ path, now })
    await submit(store)
    const run = await claimed(store)
    const checkpoint = { step: 1, data: new Uint8Array(10) }
    await store.report(run, reportOf([], { checkpoint }), leaseMs)
    await store.report(run, reportOf([], { checkpoint: { ...checkpoint, step: 2 } }), leaseMs)
    await store.finish(run, ending)
    expect(await store.run(run.runId)).toMatchObject(ending)
    await store.close()
    const raw = new Sqlite(path)
    expect(raw.prepare('SELECT count(*) FROM checkpoints').pluck().get()).toBe(count)
    raw.close()
  })
})

describe('ids', () => {
  it('are UUIDs of version 7', async () => {
    const store = await memory()
    const { id } = await submit(store)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    await store.close()
  })
})
