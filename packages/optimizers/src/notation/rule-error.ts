/** A place in a rule's text; lines and columns count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * A rule that cannot be read: where, what stands there, and what was expected.
 * The message shows the line with a caret under the place.
 */
export class RuleError extends Error {
  readonly code = 'invalid-rule'
  readonly line: number
  readonly column: number
  /** The offending text. */
  readonly found: string
  readonly expected: string

  constructor(text: string, place: Place, found: string, problem: string, expected: string) {
    const where = `line ${place.line}, column ${place.column}`
    super(`${where}: ${problem}; expected ${expected}\n${shown(text, place)}`)
    this.name = 'RuleError'
    this.line = place.line
    this.column = place.column
    this.found = found
    this.expected = expected
  }
}

/** How much of a long line is shown on either side of the place. */
const margin = 100

/** The line, and a caret under the place. */
function shown(text: string, { line, column }: Place): string {
  const whole = (text.split('\n')[line - 1] ?? '').trimEnd()
  const start = Math.max(0, column - 1 - margin)
  const end = Math.min(whole.length, column - 1 + margin)
  const before = start > 0 ? '…' : ''
  const after = end < whole.length ? '…' : ''
  // A tab is as wide under the line as in it.
  const indent = whole
    .slice(start, column - 1)
    .padEnd(column - 1 - start)
    .replace(/[^\t]/g, ' ')
  return `${before}${whole.slice(start, end)}${after}\n${before && ' '}${indent}^`
}
