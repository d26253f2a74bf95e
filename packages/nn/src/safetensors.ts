import {
  dtypeArrays,
  lengthOf,
  maximumRank,
  type SafetensorsData,
  type SafetensorsDtype,
  type SafetensorsEntry,
} from './safetensors-entry.ts'
import {
  maximumHeaderBytes,
  readSafetensorsHeader,
  type SafetensorsHeader,
  type SafetensorsLimits,
} from './safetensors-header.ts'

/** An array of numbers of any rank, row-major; `shape` [] is one number, a size 0 none. */
export interface SafetensorsTensor {
  readonly shape: readonly number[]
  /** As many numbers as the product of `shape`. */
  readonly data: SafetensorsData
}

/** What a file holds; both objects have no prototype. */
export interface SafetensorsContent extends Pick<SafetensorsHeader, 'metadata'> {
  readonly tensors: Readonly<Record<string, SafetensorsTensor>>
}

/**
 * The bytes of a safetensors file. Bits are kept: NaN payloads, -0, denormal numbers.
 *
 *   u64        N, the header's length, little-endian
 *   N bytes    JSON {"__metadata__": {name: text}, name: {"dtype", "shape", "data_offsets": [begin, end]}, ...},
 *              padded with spaces to a multiple of 8
 *   then       the data, little-endian, row-major, without holes; offsets count from here
 *
 * F64 comes first, then F32, then I32, each sorted by name, as in the format's own library: all data are aligned, and
 * the same content gives the same bytes, whatever the order of its names.
 * Throws RangeError or TypeError for what the format cannot hold.
 * Source: https://github.com/huggingface/safetensors, README and safetensors/src/tensor.rs.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    return { name, dtype: checkTensor(name, shape, data), shape, data }
  })
  entries.sort((a, b) => dtypes.indexOf(a.dtype) - dtypes.indexOf(b.dtype) || compare(a.name, b.name))
  let dataBytes = 0
  const fields = entries.map(({ name, dtype, shape, data }) => {
    const begin = dataBytes
    dataBytes += data.byteLength
    return field(name, { dtype, shape, data_offsets: [begin, dataBytes] })
  })
  const texts = Object.entries(metadata).sort(([a], [b]) => compare(a, b))
  if (texts.length > 0) {
    const written = texts.map(([name, text]) => field(checkName(name, 'metadata'), checkText(name, text)))
    fields.unshift(`"__metadata__":{${written.join(',')}}`)
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`)
  const headerBytes = 8 * Math.ceil(header.length / 8)
  if (headerBytes > maximumHeaderBytes) {
    throw new RangeError(
      `encodeSafetensors: the header must have at most ${maximumHeaderBytes} bytes, got ${headerBytes}`,
    )
  }
  const bytes = new Uint8Array(8 + headerBytes + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true)
  bytes.fill(0x20, 8, 8 + headerBytes)
  bytes.set(header, 8)
  let offset = 8 + headerBytes
  for (const { data } of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return bytes
}

/**
 * Reads a safetensors file of F64, F32 and I32. An array is a view of `bytes` where it is aligned there, else a copy;
 * files of `encodeSafetensors` are aligned throughout if `bytes` starts at a multiple of 8.
 * Everything is checked before anything but the header's text is allocated, and never more than the file is long.
 * Throws SafetensorsError.
 */
export function decodeSafetensors(bytes: Uint8Array, limits: SafetensorsLimits = {}): SafetensorsContent {
  const { tensors: entries, metadata } = readSafetensorsHeader(bytes, bytes.length, limits)
  const tensors: Record<string, SafetensorsTensor> = Object.create(null)
  for (const entry of entries) tensors[entry.name] = { shape: entry.shape, data: arrayOf(bytes, entry) }
  return { tensors, metadata }
}

const dtypes = Object.keys(dtypeArrays) as SafetensorsDtype[]

function arrayOf(bytes: Uint8Array, { dtype, offset, length }: SafetensorsEntry): SafetensorsData {
  const NumberArray = dtypeArrays[dtype]
  const start = bytes.byteOffset + offset
  if (start % NumberArray.BYTES_PER_ELEMENT === 0) return new NumberArray(bytes.buffer, start, length)
  const end = offset + length * NumberArray.BYTES_PER_ELEMENT
  return new NumberArray(new Uint8Array(bytes.subarray(offset, end)).buffer, 0, length)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function field(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`
}

function checkTensor(name: string, shape: readonly number[], data: unknown): SafetensorsDtype {
  checkName(name, 'tensors')
  const which = `encodeSafetensors: tensors[${JSON.stringify(name)}]`
  if (shape.length > maximumRank) {
    throw new RangeError(`${which}.shape must have at most ${maximumRank} sizes, got ${shape.length}`)
  }
  for (const size of shape) {
    if (Number.isSafeInteger(size) && size >= 0) continue
    throw new RangeError(`${which}.shape must have whole numbers in [0, 2^53), got ${size}`)
  }
  const length = lengthOf(shape)
  if (length === undefined) {
    throw new RangeError(`${which}.shape must have a product below 2^50, got ${shape.join(' x ')}`)
  }
  for (const dtype of dtypes) {
    if (!(data instanceof dtypeArrays[dtype])) continue
    if (data.length === length) return dtype
    throw new RangeError(
      `${which}.data must have length ${length}, the product of its shape, got ${data.length}`,
    )
  }
  throw new TypeError(`${which}.data must be a Float64Array, Float32Array or Int32Array`)
}

function checkName(name: string, parameter: string): string {
  if (name === '__proto__' || (name === '__metadata__' && parameter === 'tensors') || !name.isWellFormed()) {
    throw new RangeError(
      `encodeSafetensors: ${parameter} must have names without lone surrogates and other than __proto__ and __metadata__, got ${JSON.stringify(name)}`,
    )
  }
  return name
}

function checkText(name: string, text: unknown): string {
  if (typeof text !== 'string' || !text.isWellFormed()) {
    throw new TypeError(
      `encodeSafetensors: metadata[${JSON.stringify(name)}] must be a string without lone surrogates`,
    )
  }
  return text
}
