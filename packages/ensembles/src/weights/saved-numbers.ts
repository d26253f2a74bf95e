/** The longest array that is saved as text: base64 of more would not fit a string. */
const maxBytes = 2 ** 28

/** `String.fromCharCode` takes its characters as arguments; this many fit a call. */
const chunkBytes = 8192

/** The bytes of an array, little-endian, as base64: JSON keeps every bit. Throws RangeError for more than 256 MiB. */
export function encodeNumbers(place: string, { buffer, byteOffset, byteLength }: Float64Array): string {
  if (byteLength > maxBytes) {
    throw new RangeError(
      `${place}: a tensor must have at most ${maxBytes / 8} numbers, got ${byteLength / 8}`,
    )
  }
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  let text = ''
  for (let start = 0; start < byteLength; start += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunkBytes))
  }
  return btoa(text)
}

/** The numbers that `encodeNumbers` wrote. Throws TypeError for what it cannot have written. */
export function decodeNumbers(place: string, base64: unknown): Float64Array {
  const text = textOf(place, base64)
  if (text.length % Float64Array.BYTES_PER_ELEMENT !== 0) {
    throw new TypeError(`${place}: the saved numbers must be a multiple of 8 bytes, got ${text.length}`)
  }
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return new Float64Array(bytes.buffer)
}

function textOf(place: string, base64: unknown): string {
  try {
    if (typeof base64 === 'string') return atob(base64)
  } catch (cause) {
    throw new TypeError(`${place}: the saved numbers are no base64`, { cause })
  }
  throw new TypeError(`${place}: the saved numbers must be base64, got ${base64}`)
}
