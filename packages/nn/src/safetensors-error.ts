/**
 * - `truncated`, `trailing-bytes`: fewer or more bytes than the file announces
 * - `header-too-large`: a header over a limit
 * - `bad-header`: not UTF-8, not JSON, or JSON of another structure, such as metadata that are no strings
 * - `duplicate-key`: a key that an object of the header has twice
 * - `bad-name`: a name that no file may use: `__proto__`, or text with half a character
 * - `unsupported-dtype`: a type of numbers that is not read
 * - `bad-shape`: sizes that are no whole numbers, or whose product is no safe integer
 * - `bad-offsets`: data that end before they begin, overlap, or leave a hole
 * - `size-mismatch`: offsets that are not as far apart as shape and dtype need
 */
export type SafetensorsErrorCode =
  | 'truncated'
  | 'trailing-bytes'
  | 'header-too-large'
  | 'bad-header'
  | 'duplicate-key'
  | 'bad-name'
  | 'unsupported-dtype'
  | 'bad-shape'
  | 'bad-offsets'
  | 'size-mismatch'

/** A safetensors file that cannot be read. The message says what was expected and what was found. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError'
  readonly code: SafetensorsErrorCode
  readonly expected: string
  readonly received: string

  constructor(code: SafetensorsErrorCode, expected: string, received: string) {
    super(`safetensors: expected ${expected}, received ${received}`)
    this.code = code
    this.expected = expected
    this.received = received
  }
}

/** The first 40 characters of a text that comes from a file, in double quotes, control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 40)}...`)
}
