import { quote, SafetensorsError } from './safetensors-error.ts'
import type { JsonReader } from './safetensors-json.ts'

/** The types of numbers that are read and written. */
export type SafetensorsDtype = 'F64' | 'F32' | 'I32'

export type SafetensorsData = Float64Array | Float32Array | Int32Array

interface DataConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): SafetensorsData
  readonly BYTES_PER_ELEMENT: number
}

/** In the order in which files hold them: what needs the widest alignment first. */
export const dtypeArrays: Readonly<Record<SafetensorsDtype, DataConstructor>> = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
}

/** Most sizes of a shape, which the format leaves open; NumPy has arrays of up to 64. */
export const maximumRank = 64

/** What a header says about a tensor. */
export interface SafetensorsEntry {
  readonly name: string
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  /** How many numbers: the product of `shape`, 1 of shape []. */
  readonly length: number
  /** Its first byte in the file. */
  readonly offset: number
}

/** An entry as it is written: where data begin and end, from the first byte after the header. */
export interface StoredEntry extends Omit<SafetensorsEntry, 'offset'> {
  readonly begin: number
  readonly end: number
}

/**
 * How many numbers an array of this shape has. Undefined from 2^50 on, 2^53 bytes; sizes beside a 0 count too, for who
 * multiplies them before the 0 comes.
 */
export function lengthOf(shape: readonly number[]): number | undefined {
  const product = shape.reduce((result, size) => result * (size || 1), 1)
  if (product >= 2 ** 50) return undefined
  return shape.includes(0) ? 0 : product
}

/** Reads what the header says about a tensor: its bytes are those that shape and dtype need. */
export function readEntry(reader: JsonReader, name: string): StoredEntry {
  const tensor = quote(name)
  let dtype: SafetensorsDtype | undefined
  let shape: readonly number[] | undefined
  let offsets: readonly number[] | undefined
  reader.object(`tensor ${tensor}`, (key) => {
    if (key === 'dtype') dtype = readDtype(reader, tensor)
    else if (key === 'shape') shape = readNumbers(reader, `the shape of ${tensor}`, maximumRank, 'bad-shape')
    else if (key === 'data_offsets')
      offsets = readNumbers(reader, `the offsets of ${tensor}`, 2, 'bad-offsets')
    else throw new SafetensorsError('bad-header', `dtype, shape and data_offsets of ${tensor}`, quote(key))
  })
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw new SafetensorsError('bad-header', `dtype, shape and data_offsets of ${tensor}`, 'fewer')
  }
  const [begin, end] = offsets
  if (offsets.length !== 2 || begin > end) {
    throw new SafetensorsError('bad-offsets', `[begin, end] of ${tensor}, begin <= end`, listed(offsets))
  }
  const length = lengthOf(shape)
  if (length === undefined) {
    throw new SafetensorsError('bad-shape', `fewer than 2^50 numbers in ${tensor}`, `shape ${listed(shape)}`)
  }
  const bytes = length * dtypeArrays[dtype].BYTES_PER_ELEMENT
  if (end - begin !== bytes) {
    const expected = `${bytes} bytes for shape ${listed(shape)} and ${dtype} of ${tensor}`
    throw new SafetensorsError('size-mismatch', expected, `offsets ${listed(offsets)}`)
  }
  return { name, dtype, shape, length, begin, end }
}

function readDtype(reader: JsonReader, tensor: string): SafetensorsDtype {
  const dtype = reader.string(`the dtype of ${tensor}`)
  if (Object.hasOwn(dtypeArrays, dtype)) return dtype as SafetensorsDtype
  const supported = Object.keys(dtypeArrays).join(', ')
  throw new SafetensorsError('unsupported-dtype', `one of ${supported} for ${tensor}`, quote(dtype))
}

function readNumbers(
  reader: JsonReader,
  what: string,
  most: number,
  code: 'bad-shape' | 'bad-offsets',
): number[] {
  const numbers: number[] = []
  reader.array(what, () => {
    if (numbers.length === most)
      throw new SafetensorsError(code, `at most ${most} numbers in ${what}`, 'more')
    numbers.push(reader.wholeNumber(what, code))
  })
  return numbers
}

/** The first numbers of a list that comes from a file, for a message. */
function listed(numbers: readonly number[]): string {
  return `[${numbers.slice(0, 8).join(', ')}${numbers.length > 8 ? ', ...' : ''}]`
}
