import { type Place, RuleError } from './rule-error.ts'

/** A word of the notation. `newline` also stands for the end of a line that holds a statement. */
export interface Token extends Place {
  readonly kind: 'name' | 'number' | 'operator' | 'newline' | 'end'
  readonly text: string
}

// Longest first: `**` before `*`. A number needs no sign; `1e-8` is one token. Texts that were copied from a page have
// spaces of other kinds.
const pattern =
  /(?<space>[^\S\n]+|#[^\n]*)|(?<newline>\n)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_][A-Za-z_0-9]*)|(?<operator>\*\*|[-+*/]=|[<>=!]=|[-+*/=<>(),.:])/y

/** Splits a rule into tokens; throws RuleError at the first character that belongs to none. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let lineStart = 0
  let depth = 0
  pattern.lastIndex = 0
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex
    const place = { line, column: start - lineStart + 1 }
    const match = pattern.exec(text)
    if (match?.groups === undefined) {
      const found = String.fromCodePoint(text.codePointAt(start) ?? 0)
      throw new RuleError(
        text,
        place,
        found,
        `unexpected character "${found}"`,
        'a name, a number or an operator',
      )
    }
    const { space, newline, number, name, operator } = match.groups
    if (newline !== undefined) {
      // Inside parentheses a line goes on, as in Python.
      if (depth === 0 && tokens.at(-1)?.kind !== 'newline')
        tokens.push({ kind: 'newline', text: '\n', ...place })
      line += 1
      lineStart = pattern.lastIndex
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number, ...place })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, ...place })
    else if (operator !== undefined) {
      if (operator === '(') depth += 1
      if (operator === ')') depth = Math.max(0, depth - 1)
      tokens.push({ kind: 'operator', text: operator, ...place })
    } else if (space === undefined) throw new Error('unreachable: every alternative of the pattern is named')
  }
  const place = { line, column: text.length - lineStart + 1 }
  tokens.push({ kind: 'newline', text: '\n', ...place }, { kind: 'end', text: '', ...place })
  return tokens
}
