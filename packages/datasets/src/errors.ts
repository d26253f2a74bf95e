/**
 * - `no-directory`: files are wanted and no data directory is configured
 * - `missing-file`, `unreadable`: the file is not there, or the system refuses to read it
 * - `outside-directory`: the name leads out of the data directory
 * - `too-large`: more bytes (also: inflated) than allowed
 * - `bad-gzip`: damaged compressed data
 * - `truncated`, `trailing-bytes`: fewer or more bytes (or records) than the format announces
 * - `bad-magic`: not the format it should be
 * - `bad-record`: a record with the wrong structure
 * - `bad-value`: a value out of range
 * - `mismatch`: files, or a file and what is asked of it, do not fit together
 */
export type DatasetErrorCode =
  | 'no-directory'
  | 'missing-file'
  | 'unreadable'
  | 'outside-directory'
  | 'too-large'
  | 'bad-gzip'
  | 'truncated'
  | 'trailing-bytes'
  | 'bad-magic'
  | 'bad-record'
  | 'bad-value'
  | 'mismatch'

export interface DatasetErrorDetails {
  /** The file, as the caller or the specification names it. */
  readonly file: string
  /** Byte offset from 0, in the inflated data. */
  readonly offset?: number
  /** Line, from 1. */
  readonly line?: number
  /** Field within the line, from 1. */
  readonly column?: number
  readonly expected: string
  readonly received: string
  readonly cause?: unknown
}

/** Data that cannot be read. The message names the file, the place, what was expected and what was found. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly code: DatasetErrorCode
  readonly file: string
  readonly offset: number | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly expected: string
  readonly received: string

  constructor(code: DatasetErrorCode, details: DatasetErrorDetails) {
    super(describe(details), details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.file = details.file
    this.offset = details.offset
    this.line = details.line
    this.column = details.column
    this.expected = details.expected
    this.received = details.received
  }
}

function describe({ file, offset, line, column, expected, received }: DatasetErrorDetails): string {
  const place = [file]
  if (offset !== undefined) place.push(`byte ${offset}`)
  if (line !== undefined) place.push(`line ${line}`)
  if (column !== undefined) place.push(`column ${column}`)
  return `${place.join(', ')}: expected ${expected}, received ${received}`
}
