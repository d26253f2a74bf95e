import { clip } from './clip.ts'
import { DatasetError } from './errors.ts'

export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** An array of any rank; `values` is row-major, of length the product of `dimensions`. */
export interface IdxArray {
  readonly dimensions: readonly number[]
  readonly values: IdxValues
}

/** What the first bytes of an IDX file say. */
export interface IdxHeader {
  /** The type byte. */
  readonly type: number
  readonly dimensions: readonly number[]
  readonly headerBytes: number
  /** Number of values. */
  readonly count: number
}

/**
 * Reads the IDX format of the MNIST files. All numbers are big-endian.
 *
 *   byte 0, 1   0
 *   byte 2      type: 08 uint8, 09 int8, 0b int16, 0c int32, 0d float32, 0e float64
 *   byte 3      rank d, 1 to 255
 *   4 d bytes   dimensions, uint32
 *   then        the values
 *
 * Of 8-bit types `values` is a view of `bytes`, else a copy. `source` is the name used in errors.
 * Throws DatasetError: `bad-magic`, `truncated`, `trailing-bytes`. The announced size is compared with the
 * length before anything is allocated.
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
 */
export function parseIdx(bytes: Uint8Array, source: string): IdxArray {
  const { type, dimensions, headerBytes, count } = parseIdxHeader(bytes, bytes.length, source)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { dimensions, values: readValues(type, view, headerBytes, count) }
}

/**
 * The header of an IDX file of `fileBytes` bytes, of which `bytes` are the first 1024 (4 + 4 * 255), or all. Throws
 * what `parseIdx` throws: the announced size must be that of the file.
 */
export function parseIdxHeader(bytes: Uint8Array, fileBytes: number, source: string): IdxHeader {
  if (fileBytes < 4) throw truncated(source, fileBytes, 'a header of at least 4 bytes')
  for (const offset of [0, 1])
    if (bytes[offset] !== 0) throw badMagic(source, offset, '00', hexadecimal(bytes[offset]))
  const type = bytes[2]
  const valueBytes = bytesOfType.get(type)
  if (valueBytes === undefined) {
    const known = [...bytesOfType.keys()].map(hexadecimal).join(', ')
    throw badMagic(source, 2, `an element type (${known})`, hexadecimal(type))
  }
  const rank = bytes[3]
  if (rank === 0) throw badMagic(source, 3, 'a rank from 1 to 255', '0')
  const headerBytes = 4 + 4 * rank
  if (fileBytes < headerBytes)
    throw truncated(source, fileBytes, `a header of ${headerBytes} bytes for rank ${rank}`)

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  // A product too large for f64 to hold exactly is larger than any array all the same.
  const count = dimensions.includes(0) ? 0 : dimensions.reduce((product, size) => product * size, 1)
  const expectedBytes = headerBytes + count * valueBytes
  const announced = `${expectedBytes} bytes for dimensions ${clip(dimensions.join(' x '), 80)}`
  if (fileBytes < expectedBytes) throw truncated(source, fileBytes, announced)
  if (fileBytes > expectedBytes)
    throw new DatasetError('trailing-bytes', {
      file: source,
      offset: expectedBytes,
      expected: announced,
      received: `${fileBytes} bytes`,
    })
  return { type, dimensions, headerBytes, count }
}

/** Bytes of one value, by the type byte of the header. */
const bytesOfType: ReadonlyMap<number, number> = new Map([
  [0x08, 1],
  [0x09, 1],
  [0x0b, 2],
  [0x0c, 4],
  [0x0d, 4],
  [0x0e, 8],
])

function readValues(type: number, view: DataView<ArrayBufferLike>, start: number, count: number): IdxValues {
  switch (type) {
    case 0x08:
      return new Uint8Array(view.buffer, view.byteOffset + start, count)
    case 0x09:
      return new Int8Array(view.buffer, view.byteOffset + start, count)
    case 0x0b:
      return new Int16Array(count).map((_, index) => view.getInt16(start + 2 * index))
    case 0x0c:
      return new Int32Array(count).map((_, index) => view.getInt32(start + 4 * index))
    case 0x0d:
      return new Float32Array(count).map((_, index) => view.getFloat32(start + 4 * index))
    default:
      return new Float64Array(count).map((_, index) => view.getFloat64(start + 8 * index))
  }
}

function truncated(file: string, fileBytes: number, expected: string): DatasetError {
  const received = `${fileBytes} bytes`
  return new DatasetError('truncated', { file, offset: fileBytes, expected, received })
}

function badMagic(file: string, offset: number, expected: string, received: string): DatasetError {
  return new DatasetError('bad-magic', { file, offset, expected, received })
}

function hexadecimal(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
