import { QueryError } from './errors.ts'
import { type Field, fieldNamed, knownFields } from './filter-fields.ts'

export interface SortTerm {
  readonly field: Exclude<Field, { readonly kind: 'tag' | 'experimentName' }>
  readonly name: string
  readonly falling: boolean
}

const maxTerms = 8

/**
 * Reads `-createdAt,params.batchSize`: names of fields, `-` before one for falling order, separated by commas.
 * Newest first where the text is empty. Throws QueryError `invalid-sort` with the column.
 */
export function parseSort(text: string): readonly SortTerm[] {
  if (text.trim() === '') return parseSort('-createdAt')
  const terms: SortTerm[] = []
  let at = 0
  for (const part of text.split(',')) {
    const [, space, minus, name] = /^(\s*)(-?)(.*?)\s*$/s.exec(part)!
    const column = at + space.length + 1
    at += part.length + 1
    if (terms.length === maxTerms) throw invalid(column, name, `at most ${maxTerms} fields`)
    const field = fieldNamed(name)?.field
    if (field === undefined || field.kind === 'tag' || field.kind === 'experimentName') {
      throw invalid(column, name, `one of the fields ${knownFields}, but not tag or experimentName`)
    }
    terms.push({ field, name, falling: minus !== '' })
  }
  return terms
}

function invalid(column: number, name: string, expected: string): QueryError {
  return new QueryError('invalid-sort', { column, found: name === '' ? 'nothing' : name, expected })
}
