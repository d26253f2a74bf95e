import { createHash } from 'node:crypto'
import { QueryError } from './errors.ts'

/** What rows are sorted by; null where a row has no such value, or it is NaN. */
export type SortValue = number | string | null

/** Where a page ended: the sort values and the id of its last row, and the query that it belongs to. */
export interface Cursor {
  readonly bound: string
  readonly values: readonly SortValue[]
  readonly id: string
}

const version = 1

/** A short hash of what a cursor is bound to. */
export function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
}

/** Opaque to clients: base64url of JSON. */
export function encodeCursor({ bound, values, id }: Cursor): string {
  const content = { v: version, q: bound, s: values.map(toJson), id }
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** Throws QueryError `invalid-cursor`, or `cursor-mismatch` where it was made for another query than `bound`. */
export function decodeCursor(text: string, bound: string, length: number): Cursor {
  const content = parse(text)
  if (content.v !== version || typeof content.q !== 'string' || typeof content.id !== 'string')
    throw invalid()
  if (content.q !== bound) {
    const expected = 'the cursor of a page with the same filter and sort'
    throw new QueryError('cursor-mismatch', { found: 'one of another query', expected })
  }
  if (!Array.isArray(content.s) || content.s.length !== length) throw invalid()
  return { bound, values: content.s.map(fromJson), id: content.id }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (typeof content === 'object' && content !== null) return { ...content }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw invalid()
}

// JSON has no infinities, and metrics may have them.
function toJson(value: SortValue): unknown {
  return value === Number.POSITIVE_INFINITY ? [1] : value === Number.NEGATIVE_INFINITY ? [-1] : value
}

function fromJson(value: unknown): SortValue {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value
  if (Array.isArray(value) && value[0] === 1) return Number.POSITIVE_INFINITY
  if (Array.isArray(value) && value[0] === -1) return Number.NEGATIVE_INFINITY
  throw invalid()
}

function invalid(): QueryError {
  return new QueryError('invalid-cursor', {
    found: 'something else',
    expected: '"nextCursor" of an earlier page, unchanged',
  })
}
