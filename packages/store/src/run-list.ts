import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './connection.ts'
import { type Cursor, decodeCursor, encodeCursor, fingerprint, type SortValue } from './cursor.ts'
import { parseFilter } from './filter.ts'
import { filterSql, plainColumns } from './filter-sql.ts'
import { pageLimit } from './page-limit.ts'
import { readRuns } from './run-rows.ts'
import { params, runSummary, runs } from './schema.ts'
import { parseSort, type SortTerm } from './sort.ts'
import type { Page, Run, RunQuery } from './store.ts'

/**
 * A page of runs: first which ones, by sort values and id alone, then all that belongs to them.
 * Pages follow each other by key (the last row's sort values and id), never by counting rows. What has no value, or
 * NaN, comes last in rising and falling order alike. Throws QueryError.
 */
export function listRuns(db: Database, query: RunQuery): Page<Run> {
  const limit = pageLimit(query.limit)
  const filter = query.filter?.trim() ?? ''
  const condition = filter === '' ? undefined : filterSql(parseFilter(filter))
  const terms = parseSort(query.sort ?? '')
  const bound = fingerprint(filter, ...terms.map(({ name, falling }) => `${falling ? '-' : ''}${name}`))
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, bound, terms.length)

  const columns = terms.map(sortColumn)
  const conditions = [condition, after && isAfter(columns, after)].filter((part) => part !== undefined)
  const rows = db.values<[sequence: number, id: string, ...values: SortValue[]]>(sql`
    SELECT ${sql.join([sql`${runs.sequence}`, sql`${runs.id}`, ...columns.map(({ value }) => value)], sql`, `)}
    FROM ${runs} ${sql.join(columns.map(({ join }) => join))}
    ${conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`}
    ORDER BY ${sql.join([...columns.map(orderOf), sql`${runs.id}`], sql`, `)}
    LIMIT ${limit + 1}`)

  const items = readRuns(
    db,
    rows.slice(0, limit).map(([sequence]) => sequence),
  )
  const last = rows[limit - 1]
  if (rows.length <= limit || last === undefined) return { items }
  const [, id, ...values] = last
  return { items, nextCursor: encodeCursor({ bound, values, id }) }
}

interface SortColumn {
  readonly value: SQL
  readonly join: SQL
  readonly falling: boolean
  readonly alwaysThere: boolean
}

function sortColumn({ field, falling }: SortTerm, place: number): SortColumn {
  const table = sql.identifier(`sort${place}`)
  switch (field.kind) {
    case 'plain': {
      const column = plainColumns[field.name]
      return { value: sql`${column}`, join: sql``, falling, alwaysThere: column.notNull }
    }
    case 'param': {
      const on = sql`${table}.run = ${runs.sequence} AND ${table}.key = ${field.path}`
      const join = sql` LEFT JOIN ${params} AS ${table} ON ${on}`
      // Numbers come before texts in SQLite's order of values.
      return { value: sql`coalesce(${table}.num, ${table}.text)`, join, falling, alwaysThere: false }
    }
    case 'metric': {
      const on = sql`${table}.run = ${runs.sequence} AND ${table}.key = ${field.key}`
      const join = sql` LEFT JOIN ${runSummary} AS ${table} ON ${on}`
      return { value: sql`${table}.${statistics[field.statistic]}`, join, falling, alwaysThere: false }
    }
  }
}

const statistics = { last: sql`last`, min: sql`min`, max: sql`max` } as const

function orderOf({ value, falling }: SortColumn): SQL {
  return falling ? sql`${value} DESC NULLS LAST` : sql`${value} ASC NULLS LAST`
}

/** Rows after the cursor: those that differ first in some column, and there come later; else by id. */
function isAfter(columns: readonly SortColumn[], { values, id }: Cursor): SQL {
  const same = columns.map(({ value }, place) => sql`${value} IS ${values[place]}`)
  const later = columns.flatMap((column, place) => {
    const after = comesAfter(column, values[place])
    return after === undefined ? [] : [sql`(${sql.join([...same.slice(0, place), after], sql` AND `)})`]
  })
  const tie = sql`(${sql.join([...same, sql`${runs.id} > ${id}`], sql` AND `)})`
  const exact = sql`(${sql.join([...later, tie], sql` OR `)})`
  // Says once more, in a form that an index on the first column serves, where the page starts.
  const [first] = columns
  if (!first.alwaysThere) return exact
  return first.falling
    ? sql`${first.value} <= ${values[0]} AND ${exact}`
    : sql`${first.value} >= ${values[0]} AND ${exact}`
}

/** Undefined where nothing comes after: what is missing stands last. */
function comesAfter({ value, falling, alwaysThere }: SortColumn, than: SortValue): SQL | undefined {
  if (than === null) return undefined
  const later = falling ? sql`${value} < ${than}` : sql`${value} > ${than}`
  return alwaysThere ? later : sql`(${later} OR ${value} IS NULL)`
}
