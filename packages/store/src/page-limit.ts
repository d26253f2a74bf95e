import { QueryError } from './errors.ts'

/** The number of items a page has at most: 50 by default, 1 to 1000; else QueryError `invalid-limit`. */
export function pageLimit(limit = 50): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit
  throw new QueryError('invalid-limit', { found: String(limit), expected: 'an integer from 1 to 1000' })
}
