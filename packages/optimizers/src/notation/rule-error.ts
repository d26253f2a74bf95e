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
    const line = text.split('\n')[place.line - 1] ?? ''
    const caret = `${' '.repeat(place.column - 1)}^`
    super(`line ${place.line}, column ${place.column}: ${problem}; expected ${expected}\n${line}\n${caret}`)
    this.name = 'RuleError'
    this.line = place.line
    this.column = place.column
    this.found = found
    this.expected = expected
  }
}
