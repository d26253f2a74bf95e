/** The bytes of an array, little-endian, as base64: JSON keeps every bit of it, also of NaN, infinities and -0. */
export interface SavedVector {
  readonly precision: 'f32' | 'f64'
  readonly base64: string
}

/** The longest array that is saved as text: base64 of more would not fit a string. */
const maxBytes = 2 ** 28

/** `String.fromCharCode` takes its characters as arguments; this many fit a call. */
const chunkBytes = 8192

/** An array as plain data. Throws RangeError for more than 256 MiB. */
export function encodeVector(array: Float32Array | Float64Array): SavedVector {
  const { buffer, byteOffset, byteLength } = array
  if (byteLength > maxBytes) {
    throw new RangeError(`encodeVector: array must have at most ${maxBytes} bytes, got ${byteLength}`)
  }
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  let text = ''
  for (let start = 0; start < byteLength; start += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunkBytes))
  }
  return { precision: array instanceof Float32Array ? 'f32' : 'f64', base64: btoa(text) }
}

/** A new array with the same bits. Throws TypeError for what `encodeVector` cannot have made. */
export function decodeVector(saved: SavedVector): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const { precision, base64 } = checkedVector(saved)
  const bytes = bytesOf(base64)
  const size = precision === 'f32' ? Float32Array.BYTES_PER_ELEMENT : Float64Array.BYTES_PER_ELEMENT
  if (bytes.length % size !== 0) {
    throw new TypeError(`decodeVector: ${precision} needs a multiple of ${size} bytes, got ${bytes.length}`)
  }
  return precision === 'f32' ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer)
}

function checkedVector(saved: unknown): SavedVector {
  if (typeof saved === 'object' && saved !== null && 'precision' in saved && 'base64' in saved) {
    const { precision, base64 } = saved
    if ((precision === 'f32' || precision === 'f64') && typeof base64 === 'string')
      return { precision, base64 }
  }
  throw new TypeError("decodeVector: saved must be { precision: 'f32' | 'f64', base64: string }")
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  let text: string
  try {
    text = atob(base64)
  } catch (cause) {
    throw new TypeError('decodeVector: the text is no base64', { cause })
  }
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}
