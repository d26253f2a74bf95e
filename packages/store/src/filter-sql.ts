import { type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Filter, FilterValue } from './filter.ts'
import type { Field, PlainField } from './filter-fields.ts'
import { experiments, params, runSummary, runs, tags } from './schema.ts'

export const plainColumns: Readonly<Record<PlainField, AnySQLiteColumn>> = {
  id: runs.id,
  experiment: runs.experiment,
  role: runs.role,
  state: runs.state,
  reason: runs.reason,
  backend: runs.backend,
  attempt: runs.attempt,
  step: runs.step,
  createdAt: runs.createdAtMs,
  startedAt: runs.startedAtMs,
  finishedAt: runs.finishedAtMs,
  trainingMs: runs.trainingMs,
}

const operators = { '=': sql`=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` } as const

/**
 * A condition on `runs`. Values are bound, columns come from fixed maps. Every comparison is true or false, never NULL,
 * so that NOT is what it says.
 */
export function filterSql(filter: Filter): SQL {
  switch (filter.kind) {
    case 'and':
      return sql`(${sql.join(filter.terms.map(filterSql), sql` AND `)})`
    case 'or':
      return sql`(${sql.join(filter.terms.map(filterSql), sql` OR `)})`
    case 'not':
      return sql`NOT ${filterSql(filter.term)}`
    case 'compare': {
      const { operator, value } = filter
      return where(filter.field, [value], (column) => sql`${column} ${operators[operator]} ${bound(value)}`)
    }
    case 'in':
      return where(filter.field, filter.values, (column, values) => {
        return sql`${column} IN (${sql.join(
          values.map((value) => sql`${bound(value)}`),
          sql`, `,
        )})`
      })
    case 'like':
      return where(filter.field, [filter.pattern], (column) => sql`${column} LIKE ${filter.pattern}`)
  }
}

type Condition = (column: AnySQLiteColumn | SQL, values: readonly FilterValue[]) => SQL

function where(field: Field, values: readonly FilterValue[], condition: Condition): SQL {
  switch (field.kind) {
    case 'plain': {
      const column = plainColumns[field.name]
      return column.notNull
        ? sql`(${condition(column, values)})`
        : sql`(${column} IS NOT NULL AND ${condition(column, values)})`
    }
    case 'tag':
      return sql`(${runs.sequence} IN (SELECT ${tags.run} FROM ${tags} WHERE ${condition(tags.tag, values)}))`
    case 'experimentName': {
      const name = sql`json_extract(${experiments.document}, '$.name')`
      return sql`(${runs.experiment} IN (SELECT ${experiments.id} FROM ${experiments} WHERE ${condition(name, values)}))`
    }
    case 'metric': {
      const found = condition(runSummary[field.statistic], values)
      return sql`(${runs.sequence} IN (SELECT ${runSummary.run} FROM ${runSummary}
        WHERE ${runSummary.key} = ${field.key} AND ${found}))`
    }
    case 'param': {
      const numbers = values.filter((value) => typeof value === 'number')
      const texts = values.filter((value) => typeof value !== 'number')
      const parts = [
        ...(numbers.length === 0 ? [] : [condition(params.num, numbers)]),
        ...(texts.length === 0 ? [] : [condition(params.text, texts)]),
      ]
      return sql`(${runs.sequence} IN (SELECT ${params.run} FROM ${params}
        WHERE ${params.key} = ${field.path} AND (${sql.join(parts, sql` OR `)})))`
    }
  }
}

/** Truth values stand as text among the leaves. */
function bound(value: FilterValue): string | number {
  return typeof value === 'boolean' ? String(value) : value
}
