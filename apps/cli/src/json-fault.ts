/** Where a text stops being JSON. */
export interface JsonFault {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  /** What was expected there and what was found. */
  readonly message: string
}

const space = /[\t\n\r ]*/y
const string = /"(?:[^"\\\p{Cc}]+|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/uy
const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y

/**
 * Finds the first fault of a text that is no JSON (RFC 8259); undefined where it is JSON.
 *
 * `JSON.parse` tells that a text is wrong, but its message has no position for every kind of fault.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  let position = 0

  /** Moves past a pattern, if it is here. */
  function take(pattern: RegExp): boolean {
    pattern.lastIndex = position
    if (!pattern.test(text)) return false
    position = pattern.lastIndex
    return true
  }
  function takeCharacter(character: string): boolean {
    if (text[position] !== character) return false
    position++
    return true
  }

  /** Each reader returns what it expected at `position`, or undefined once past its part. */
  function value(): string | undefined {
    take(space)
    if (takeCharacter('{')) return members('}', member)
    if (takeCharacter('[')) return members(']', value)
    return take(string) || take(scalar) ? undefined : 'a value'
  }
  function member(): string | undefined {
    take(space)
    if (!take(string)) return 'a name in double quotes'
    take(space)
    return takeCharacter(':') ? value() : '":"'
  }
  function members(close: string, one: () => string | undefined): string | undefined {
    take(space)
    if (takeCharacter(close)) return undefined
    for (;;) {
      const expected = one()
      if (expected !== undefined) return expected
      take(space)
      if (takeCharacter(close)) return undefined
      if (!takeCharacter(',')) return `"," or "${close}"`
    }
  }

  let expected = value()
  if (expected === undefined) {
    take(space)
    if (position === text.length) return undefined
    expected = 'nothing more'
  }
  const before = text.slice(0, position).split('\n')
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: `expected ${expected}, found ${describe(text.slice(position))}`,
  }
}

/** The word or character that a text starts with. */
function describe(rest: string): string {
  if (rest === '') return 'the end of the file'
  if (rest.startsWith('"')) return 'a string that is not closed on its line or has a wrong escape'
  const word = /^[\w.+-]{1,20}/.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0)
  return word === '"' ? `'"'` : JSON.stringify(word)
}
