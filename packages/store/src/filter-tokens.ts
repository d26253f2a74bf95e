import { QueryError } from './errors.ts'

type Keyword = 'AND' | 'OR' | 'NOT' | 'IN' | 'LIKE' | 'TRUE' | 'FALSE'
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

/** A piece of a filter; `column` counts from 1, `text` is as written. */
export type Token = { readonly column: number; readonly text: string } & (
  | { readonly kind: 'keyword'; readonly keyword: Keyword }
  | { readonly kind: 'name' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: '(' }
  | { readonly kind: ')' }
  | { readonly kind: ',' }
  | { readonly kind: 'end' }
)

const patterns = {
  space: /\s+/y,
  name: /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y,
  number: /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y,
  string: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/suy,
  comparison: /!=|<=|>=|=|<|>/y,
  punctuation: /[(),]/y,
}

/** Throws QueryError `invalid-filter`. */
export function tokensOf(filter: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(filter)?.[0]
  }
  while (at < filter.length) {
    const space = match(patterns.space)
    if (space !== undefined) {
      at += space.length
      continue
    }
    const token = next(match, at + 1)
    if (token === undefined) throw unexpected(filter, at)
    tokens.push(token)
    at += token.text.length
  }
  return [...tokens, { kind: 'end', column: filter.length + 1, text: 'the end' }]
}

function next(match: (pattern: RegExp) => string | undefined, column: number): Token | undefined {
  const name = match(patterns.name)
  if (name !== undefined) {
    const keyword = name.toUpperCase()
    return isKeyword(keyword)
      ? { kind: 'keyword', keyword, column, text: name }
      : { kind: 'name', column, text: name }
  }
  const number = match(patterns.number)
  if (number !== undefined) return { kind: 'number', value: Number(number), column, text: number }
  const string = match(patterns.string)
  if (string !== undefined) {
    // A backslash keeps the character after it as it is, such as a quote.
    const value = string.slice(1, -1).replace(/\\(.)/gsu, '$1')
    return { kind: 'string', value, column, text: string }
  }
  const comparison = match(patterns.comparison)
  if (isComparison(comparison)) return { kind: 'comparison', comparison, column, text: comparison }
  const mark = match(patterns.punctuation)
  if (mark === '(' || mark === ')' || mark === ',') return { kind: mark, column, text: mark }
  return undefined
}

function unexpected(filter: string, at: number): QueryError {
  const quote = filter[at]
  const open = quote === '"' || quote === "'"
  const found = open
    ? 'a string that is not closed'
    : JSON.stringify(String.fromCodePoint(filter.codePointAt(at)!))
  const expected = open ? `a closing ${quote}` : 'a field, an operator, a value or a parenthesis'
  return new QueryError('invalid-filter', { column: at + 1, found, expected })
}

const keywords: ReadonlySet<string> = new Set<Keyword>(['AND', 'OR', 'NOT', 'IN', 'LIKE', 'TRUE', 'FALSE'])

function isKeyword(text: string): text is Keyword {
  return keywords.has(text)
}

const comparisons: ReadonlySet<string> = new Set<Comparison>(['=', '!=', '<', '<=', '>', '>='])

function isComparison(text: string | undefined): text is Comparison {
  return text !== undefined && comparisons.has(text)
}
