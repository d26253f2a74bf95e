/**
 * - `newer-schema`: the database was written by a newer version of this package
 * - `unreadable`: the file is no database, not one of ours, or the system refuses to open it
 * - `locked`: another process, or another store of this process, has the file open
 * - `failed`: the database failed during an operation (disk full, input/output error …); nothing of it was kept
 */
export type StoreErrorCode = 'newer-schema' | 'unreadable' | 'locked' | 'failed'

/** A fault of the database. The message names the file. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/**
 * - `invalid-filter`, `invalid-sort`: the text cannot be read; `column` says where
 * - `invalid-cursor`: not a cursor of this store
 * - `cursor-mismatch`: a cursor of another filter or sort
 * - `invalid-limit`: not an integer from 1 to 1000
 */
export type QueryErrorCode =
  | 'invalid-filter'
  | 'invalid-sort'
  | 'invalid-cursor'
  | 'cursor-mismatch'
  | 'invalid-limit'

export interface QueryErrorDetails {
  /** Where in the filter or sort, counted from 1. */
  readonly column?: number
  /** What stands there. */
  readonly found: string
  readonly expected: string
}

/** A query that does not fit: where, what stands there, and what was expected. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code: QueryErrorCode
  readonly column: number | undefined
  readonly found: string
  readonly expected: string

  constructor(code: QueryErrorCode, { column, found, expected }: QueryErrorDetails) {
    const place = column === undefined ? '' : `, column ${column}`
    super(`${subjects[code]}${place}: expected ${expected}, found ${found}`)
    this.code = code
    this.column = column
    this.found = found
    this.expected = expected
  }
}

const subjects = {
  'invalid-filter': 'filter',
  'invalid-sort': 'sort',
  'invalid-cursor': 'cursor',
  'cursor-mismatch': 'cursor',
  'invalid-limit': 'limit',
} as const satisfies Record<QueryErrorCode, string>
