import { readEntry, type SafetensorsEntry, type StoredEntry } from './safetensors-entry.ts'
import { quote, SafetensorsError } from './safetensors-error.ts'
import { createJsonReader } from './safetensors-json.ts'

export interface SafetensorsHeader {
  /** In the order of their data, which fill the file to its end without holes. */
  readonly tensors: readonly SafetensorsEntry[]
  /** Texts by name; an object without prototype. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface SafetensorsLimits {
  /** Most bytes of the JSON header, in [2, 100 000 000]; 100 000 000 by default, the format's own limit. */
  readonly headerBytes?: number
  /** Most tensors, and most metadata, in [3, 10 000 000]; 100 000 by default. */
  readonly names?: number
}

/** The format's own limit to the JSON header. */
export const maximumHeaderBytes = 100_000_000

/** The header's length, a u64, stands before it. */
const lengthBytes = 8

/**
 * Where the data of a file begin: 8 + the header's length, from the file's first 8 bytes (more may be passed).
 * Throws SafetensorsError: `truncated`, `header-too-large`.
 */
export function safetensorsDataOffset(
  head: Uint8Array,
  fileBytes: number,
  limits: SafetensorsLimits = {},
): number {
  const most = limits.headerBytes ?? maximumHeaderBytes
  checkLimit('headerBytes', most, 2, maximumHeaderBytes)
  if (!(Number.isSafeInteger(fileBytes) && fileBytes >= 0)) {
    throw new RangeError(`safetensors: fileBytes must be a whole number in [0, 2^53), got ${fileBytes}`)
  }
  if (fileBytes < lengthBytes) {
    throw new SafetensorsError('truncated', `at least ${lengthBytes} bytes`, `${fileBytes} bytes`)
  }
  checkHead(head, lengthBytes)
  const headerBytes = new DataView(head.buffer, head.byteOffset, lengthBytes).getBigUint64(0, true)
  if (headerBytes > most) {
    throw new SafetensorsError('header-too-large', `a header of at most ${most} bytes`, `${headerBytes}`)
  }
  const offset = lengthBytes + Number(headerBytes)
  if (offset > fileBytes) {
    throw new SafetensorsError('truncated', `at least ${offset} bytes for the header`, `${fileBytes} bytes`)
  }
  return offset
}

/**
 * Reads and checks a file's header without its data. `head` is the file's start, up to `safetensorsDataOffset` at least;
 * `fileBytes` is the length of the whole file. What is allocated is bounded by the header and the limits.
 * Throws SafetensorsError, all codes.
 */
export function readSafetensorsHeader(
  head: Uint8Array,
  fileBytes: number,
  limits: SafetensorsLimits = {},
): SafetensorsHeader {
  const dataOffset = safetensorsDataOffset(head, fileBytes, limits)
  checkHead(head, dataOffset)
  const names = limits.names ?? 100_000
  checkLimit('names', names, 3, 10_000_000)
  const text = decodeText(new Uint8Array(head.subarray(lengthBytes, dataOffset)))
  if (text[0] !== '{') {
    throw new SafetensorsError('bad-header', 'a header that starts with "{"', quote(text))
  }
  const reader = createJsonReader(text, names)
  const metadata: Record<string, string> = Object.create(null)
  const stored: StoredEntry[] = []
  reader.object('the header', (key) => {
    if (key !== '__metadata__') {
      stored.push(readEntry(reader, checkName(key)))
      return
    }
    reader.object('the metadata', (name) => {
      metadata[checkName(name)] = reader.string(`metadata ${quote(name)}`)
    })
  })
  reader.end()
  const tensors = layOut(stored, dataOffset, fileBytes)
  return { tensors, metadata }
}

function checkLimit(name: keyof SafetensorsLimits, limit: number, least: number, most: number): void {
  if (Number.isInteger(limit) && limit >= least && limit <= most) return
  throw new RangeError(
    `safetensors: limits.${name} must be a whole number in [${least}, ${most}], got ${limit}`,
  )
}

function checkHead(head: Uint8Array, needed: number): void {
  if (head.length < needed) {
    throw new RangeError(`safetensors: head must have at least ${needed} bytes, got ${head.length}`)
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SafetensorsError('bad-header', 'a header in UTF-8', 'other bytes')
  }
}

/** Assigning to `__proto__` would change the object that holds the names. */
function checkName(name: string): string {
  if (name === '__proto__')
    throw new SafetensorsError('bad-name', 'names other than "__proto__"', quote(name))
  return name
}

/** The entries in the order of their data, which must follow one another from the header to the file's end. */
function layOut(stored: readonly StoredEntry[], dataOffset: number, fileBytes: number): SafetensorsEntry[] {
  const ordered = stored.toSorted((a, b) => a.begin - b.begin || a.end - b.end)
  let position = 0
  for (const { name, begin, end } of ordered) {
    if (begin !== position) {
      throw new SafetensorsError('bad-offsets', `${quote(name)} to begin at ${position}`, `${begin}`)
    }
    position = end
  }
  const received = `${fileBytes} bytes`
  const announced = `${dataOffset + position} bytes`
  if (fileBytes < dataOffset + position) throw new SafetensorsError('truncated', announced, received)
  if (fileBytes > dataOffset + position) throw new SafetensorsError('trailing-bytes', announced, received)
  return ordered.map(({ begin, end: _, ...entry }) => ({ ...entry, offset: dataOffset + begin }))
}
