import { closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite, { type RunResult } from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import { StoreError } from './errors.ts'
import { applyMigrations } from './migrations.ts'

/** The database or a transaction on it: what the parts of the store work with. */
export type Database = BaseSQLiteDatabase<'sync', RunResult, Record<string, never>>

export interface Connection {
  readonly read: <T>(work: (db: Database) => T) => T
  /**
   * One transaction that takes the write lock at once: a read that upgrades to a write could fail as busy.
   * Rolled back if `work` throws. `work` is synchronous; the driver refuses a promise.
   */
  readonly write: <T>(work: (db: Database) => T) => T
  readonly close: () => void
}

const journalSizeLimitBytes = 64 * 1024 * 1024

/** Opens the file, or makes it and its folder; `:memory:` is a database without a file. Throws StoreError. */
export function connect(path: string): Connection {
  const lock = path === ':memory:' ? undefined : lockFile(path)
  let sqlite: Sqlite.Database | undefined
  try {
    sqlite = new Sqlite(path)
    // Before WAL, which writes the header that holds it; it cannot be switched on later.
    sqlite.pragma('auto_vacuum = INCREMENTAL')
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    sqlite.pragma('busy_timeout = 5000')
    sqlite.pragma('temp_store = MEMORY')
    sqlite.pragma(`journal_size_limit = ${journalSizeLimitBytes}`)
    const db = drizzle(sqlite)
    applyMigrations(db, path)
    return connection(path, sqlite, db, lock)
  } catch (error) {
    sqlite?.close()
    lock?.close()
    throw openingFault(path, error)
  }
}

function connection(
  path: string,
  sqlite: Sqlite.Database,
  db: BetterSQLite3Database,
  lock: Sqlite.Database | undefined,
): Connection {
  const named = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError)) throw error
      throw new StoreError('failed', `${path}: the database failed: ${reasonOf(error)}`, error)
    }
  }
  return {
    read: (work) => named(() => work(db)),
    write: (work) => named(() => db.transaction(work, { behavior: 'immediate' })),
    close() {
      sqlite.close()
      lock?.close()
    },
  }
}

/**
 * The file's own name, so that a link to it leads to the same lock; made if it is not there, so that it has one.
 * Throws StoreError for a file of several names.
 */
function onlyName(path: string): string {
  closeSync(openSync(path, 'a'))
  if (statSync(path).nlink > 1) {
    throw new StoreError(
      'unreadable',
      `${path} has several names (hard links), which a database must not have`,
    )
  }
  return realpathSync(path)
}

/**
 * Two servers on one file would both hand out its runs. The guard is a lock on a file beside it, held by a connection
 * of its own, so that the database itself stays readable for backups; the system drops it when the process dies.
 */
function lockFile(path: string): Sqlite.Database {
  let lock: Sqlite.Database | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    lock = new Sqlite(`${onlyName(path)}-lock`, { timeout: 0 })
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    throw openingFault(path, error)
  }
}

function openingFault(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof Sqlite.SqliteError && error.code === 'SQLITE_BUSY') {
    return new StoreError('locked', `${path} is open in another process; stop that one first`, error)
  }
  return new StoreError('unreadable', `${path} cannot be opened as a database: ${reasonOf(error)}`, error)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
