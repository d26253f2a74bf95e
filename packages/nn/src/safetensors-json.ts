import { quote, SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts'

/** What reads a JSON text from its start to its end: each call reads one value, and refuses any other. */
export interface JsonReader {
  /** Reads an object: `value` is called with each key, once, and reads its value. `what` is named in errors. */
  object(what: string, value: (key: string) => void): void
  /** Reads an array: `item` is called once for each value, and reads it. */
  array(what: string, item: () => void): void
  string(what: string): string
  /** Reads a whole number in [0, 2^53 - 1] written in digits alone; a number that is none is refused with `code`. */
  wholeNumber(what: string, code: SafetensorsErrorCode): number
  /** Nothing but white space is left. */
  end(): void
}

const space = 0x20
const spaces: ReadonlySet<number> = new Set([space, 0x09, 0x0a, 0x0d])
const quotationMark = 0x22
const backslash = 0x5c

/**
 * Reads JSON (RFC 8259) whose structure is known beforehand. Unlike JSON.parse it sees duplicate keys, and builds
 * nothing that was not asked for. An object may have up to `mostKeys` keys.
 */
export function createJsonReader(text: string, mostKeys: number): JsonReader {
  let position = 0

  function fail(expected: string, code: SafetensorsErrorCode = 'bad-header'): never {
    const received = position < text.length ? quote(text.slice(position, position + 41)) : 'its end'
    throw new SafetensorsError(code, `${expected} at character ${position} of the header`, received)
  }

  function skipSpaces(): void {
    while (spaces.has(text.charCodeAt(position))) position += 1
  }

  /** Whether the next character is this one; it is then read. */
  function took(character: string): boolean {
    skipSpaces()
    if (text[position] !== character) return false
    position += 1
    return true
  }

  function string(what: string): string {
    skipSpaces()
    if (text.charCodeAt(position) !== quotationMark) fail(`a string for ${what}`)
    let end = position + 1
    while (end < text.length && text.charCodeAt(end) !== quotationMark) {
      end += text.charCodeAt(end) === backslash ? 2 : 1
    }
    let value: string
    try {
      value = JSON.parse(text.slice(position, end + 1))
    } catch {
      fail(`a string for ${what}`)
    }
    if (!value.isWellFormed()) fail('whole characters, no lone surrogates', 'bad-name')
    position = end + 1
    return value
  }

  /** Reads values with commas between them, up to and with the closing character. */
  function list(close: string, item: () => void): void {
    if (took(close)) return
    do item()
    while (took(','))
    if (!took(close)) fail(`"," or "${close}"`)
  }

  return {
    string,

    object(what, value) {
      if (!took('{')) fail(`an object for ${what}`)
      const keys = new Set<string>()
      list('}', () => {
        const key = string(`a key of ${what}`)
        if (keys.has(key)) {
          throw new SafetensorsError('duplicate-key', `each key of ${what} once`, `${quote(key)} twice`)
        }
        keys.add(key)
        if (keys.size > mostKeys) {
          throw new SafetensorsError('header-too-large', `at most ${mostKeys} keys of ${what}`, 'more')
        }
        if (!took(':')) fail('":"')
        value(key)
      })
    },

    array(what, item) {
      if (!took('[')) fail(`an array for ${what}`)
      list(']', item)
    },

    wholeNumber(what, code) {
      skipSpaces()
      const [written] = /^[-+.0-9eE]*/.exec(text.slice(position, position + 24)) ?? ['']
      if (written === '') fail(`a number for ${what}`)
      const value = Number(written)
      if (!/^(0|[1-9][0-9]*)$/.test(written) || !Number.isSafeInteger(value)) {
        fail(`a whole number in [0, 2^53 - 1] for ${what}`, code)
      }
      position += written.length
      return value
    },

    end() {
      skipSpaces()
      if (position < text.length) fail('nothing')
    },
  }
}
