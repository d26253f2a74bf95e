import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { StoreError } from './errors.ts'

/** Beside `src` and `dist` alike. */
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/**
 * Brings the schema up to date.
 *
 * drizzle's migrator looks at the newest applied migration only, so one that this code does not know, or a gap, would
 * pass silently: every hash is checked first. Throws StoreError `newer-schema` or `unreadable`, naming `file`.
 */
export function applyMigrations(db: BetterSQLite3Database, file: string): void {
  const known = readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash)
  const applied = appliedMigrations(db)
  if (applied === undefined) {
    if (hasTables(db)) throw new StoreError('unreadable', `${file} is a database of another program`)
  } else if (applied.some((hash) => !known.includes(hash))) {
    const message = `${file} was written by a newer version of this program; open it with that version`
    throw new StoreError('newer-schema', message)
  } else if (applied.some((hash, place) => hash !== known[place])) {
    throw new StoreError('unreadable', `${file} lacks a migration that it should have; restore a backup`)
  }
  migrate(db, { migrationsFolder })
}

/** Hashes in the order of application; undefined where no migration ever ran. */
function appliedMigrations(db: BetterSQLite3Database): readonly string[] | undefined {
  const table = db.values(sql`SELECT name FROM sqlite_schema WHERE name = '__drizzle_migrations'`)
  if (table.length === 0) return undefined
  return db
    .values<[hash: string]>(sql`SELECT hash FROM __drizzle_migrations ORDER BY created_at, rowid`)
    .map(([hash]) => hash)
}

function hasTables(db: BetterSQLite3Database): boolean {
  return db.values(sql`SELECT 1 FROM sqlite_schema LIMIT 1`).length > 0
}
