import { QueryError } from './errors.ts'
import { closedTexts, type Field, type FieldType, fieldNamed, knownFields } from './filter-fields.ts'
import { type Comparison, type Token, tokensOf } from './filter-tokens.ts'

export type FilterValue = string | number | boolean

/**
 * A filter over runs. A value that a run does not have, or that is NaN, meets no `compare`, `in` or `like`;
 * `!=`, `NOT IN` and `NOT LIKE` are the `not` of these, and so hold for it.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | {
      readonly kind: 'compare'
      readonly field: Field
      readonly operator: Exclude<Comparison, '!='>
      readonly value: FilterValue
    }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly FilterValue[] }
  | { readonly kind: 'like'; readonly field: Field; readonly pattern: string }

/** Bounds on a filter: characters, parentheses and NOTs inside each other, comparisons. */
export const filterLimits = { length: 2000, depth: 32, terms: 100 } as const

/**
 * Reads the filter language.
 *
 *   or         = and { OR and }
 *   and        = not { AND not }
 *   not        = NOT not | ( or ) | comparison
 *   comparison = field ( = | != | < | <= | > | >= ) value | field [NOT] IN ( value { , value } ) | field [NOT] LIKE string
 *
 * Throws QueryError `invalid-filter` with the column, what is there, and what was expected.
 */
export function parseFilter(text: string): Filter {
  if (text.length > filterLimits.length) {
    const expected = `at most ${filterLimits.length} characters`
    throw new QueryError('invalid-filter', { found: `${text.length}`, expected })
  }
  const parser: Parser = { tokens: tokensOf(text), place: 0, depth: 0, terms: 0 }
  const filter = parseOr(parser)
  if (peek(parser).kind !== 'end') throw unexpected(peek(parser), 'AND, OR or the end')
  return filter
}

interface Parser {
  readonly tokens: readonly Token[]
  place: number
  depth: number
  terms: number
}

function parseOr(parser: Parser): Filter {
  const terms = [parseAnd(parser)]
  while (takeKeyword(parser, 'OR')) terms.push(parseAnd(parser))
  return terms.length === 1 ? terms[0] : { kind: 'or', terms }
}

function parseAnd(parser: Parser): Filter {
  const terms = [parseNot(parser)]
  while (takeKeyword(parser, 'AND')) terms.push(parseNot(parser))
  return terms.length === 1 ? terms[0] : { kind: 'and', terms }
}

function parseNot(parser: Parser): Filter {
  const start = peek(parser)
  if (takeKeyword(parser, 'NOT')) return nested(parser, start, () => not(parseNot(parser)))
  if (!take(parser, '(')) return parseComparison(parser)
  return nested(parser, start, () => {
    const inner = parseOr(parser)
    if (!take(parser, ')')) throw unexpected(peek(parser), 'AND, OR or ")"')
    return inner
  })
}

function nested(parser: Parser, start: Token, parse: () => Filter): Filter {
  if (++parser.depth > filterLimits.depth) {
    throw unexpected(start, `at most ${filterLimits.depth} parentheses and NOTs inside each other`)
  }
  const inner = parse()
  parser.depth--
  return inner
}

function parseComparison(parser: Parser): Filter {
  const name = advance(parser)
  if (name.kind !== 'name') throw unexpected(name, 'a field, NOT or "("')
  if (++parser.terms > filterLimits.terms) throw unexpected(name, `at most ${filterLimits.terms} comparisons`)
  const known = fieldNamed(name.text)
  if (known === undefined) throw unexpected(name, `one of the fields ${knownFields}`)
  const operator = advance(parser)
  if (operator.kind === 'keyword' && operator.keyword === 'NOT') {
    const list = advance(parser)
    if (list.kind === 'keyword' && list.keyword === 'IN') return not(parseIn(parser, known))
    if (list.kind === 'keyword' && list.keyword === 'LIKE') return not(parseLike(parser, name, known))
    throw unexpected(list, 'IN or LIKE')
  }
  if (operator.kind === 'keyword' && operator.keyword === 'IN') return parseIn(parser, known)
  if (operator.kind === 'keyword' && operator.keyword === 'LIKE') return parseLike(parser, name, known)
  if (operator.kind !== 'comparison') throw unexpected(operator, '=, !=, <, <=, >, >=, IN, NOT IN or LIKE')
  const { comparison } = operator
  const isEquality = comparison === '=' || comparison === '!='
  if (known.field.kind === 'tag' && !isEquality) throw unexpected(operator, '=, !=, IN, NOT IN or LIKE')
  const token = peek(parser)
  const value = parseValue(parser, known)
  if (typeof value === 'boolean' && !isEquality)
    throw unexpected(token, `a number or a string after ${comparison}`)
  const { field } = known
  if (comparison === '!=') return not({ kind: 'compare', field, operator: '=', value })
  return { kind: 'compare', field, operator: comparison, value }
}

interface KnownField {
  readonly field: Field
  readonly type: FieldType
}

function parseIn(parser: Parser, known: KnownField): Filter {
  if (!take(parser, '(')) throw unexpected(peek(parser), '"("')
  const values = [parseValue(parser, known)]
  while (take(parser, ',')) values.push(parseValue(parser, known))
  if (!take(parser, ')')) throw unexpected(peek(parser), '"," or ")"')
  return { kind: 'in', field: known.field, values }
}

function parseLike(parser: Parser, name: Token, { field, type }: KnownField): Filter {
  if (type !== 'text' && type !== 'any') throw unexpected(name, 'a text field before LIKE')
  const pattern = advance(parser)
  if (pattern.kind !== 'string') throw unexpected(pattern, 'a string such as "adam%"')
  return { kind: 'like', field, pattern: pattern.value }
}

const expectedValue: Readonly<Record<FieldType, string>> = {
  text: 'a string in quotes',
  number: 'a number',
  time: 'a time such as "2026-01-31T12:00:00Z", or a number of milliseconds',
  any: 'a number, a string in quotes, true or false',
}

function parseValue(parser: Parser, { field, type }: KnownField): FilterValue {
  const token = advance(parser)
  const value = literalOf(token, type)
  if (value === undefined) throw unexpected(token, expectedValue[type])
  const texts = field.kind === 'plain' ? closedTexts.get(field.name) : undefined
  if (texts !== undefined && !texts.includes(String(value)))
    throw unexpected(token, `one of ${texts.join(', ')}`)
  return value
}

function literalOf(token: Token, type: FieldType): FilterValue | undefined {
  switch (token.kind) {
    case 'number':
      return type === 'text' ? undefined : token.value
    case 'string':
      if (type === 'time') return timeOf(token.value)
      return type === 'number' ? undefined : token.value
    case 'keyword':
      if (type !== 'any') return undefined
      return token.keyword === 'TRUE' ? true : token.keyword === 'FALSE' ? false : undefined
    default:
      return undefined
  }
}

const rfc3339 = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d))?$/

/** Milliseconds since the epoch of an RFC 3339 time; a date alone is its midnight in UTC. */
function timeOf(text: string): number | undefined {
  const time = rfc3339.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function not(term: Filter): Filter {
  return { kind: 'not', term }
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.place]
}

/** The next token; the end is never passed. */
function advance(parser: Parser): Token {
  const token = peek(parser)
  if (token.kind !== 'end') parser.place++
  return token
}

function take(parser: Parser, kind: Token['kind']): boolean {
  if (peek(parser).kind !== kind) return false
  parser.place++
  return true
}

function takeKeyword(parser: Parser, keyword: 'AND' | 'OR' | 'NOT'): boolean {
  const token = peek(parser)
  if (token.kind !== 'keyword' || token.keyword !== keyword) return false
  parser.place++
  return true
}

function unexpected(token: Token, expected: string): QueryError {
  const found = token.kind === 'end' ? 'the end' : token.text
  return new QueryError('invalid-filter', { column: token.column, found, expected })
}
