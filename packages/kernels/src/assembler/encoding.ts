/** A whole number in [0, 2^32), in LEB128; section 5.2.2 of the WebAssembly Core Specification. */
export function unsigned(value: number): number[] {
  if (value >>> 0 !== value) throw new RangeError(`must be a whole number in [0, 2^32), got ${value}`)
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** A whole number in [-2^31, 2^31), in LEB128: bit 6 of the last byte is the sign. */
export function signed32(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed32(value >> 7)]
}

/** A whole number in [-2^63, 2^63), in LEB128. */
export function signed64(value: bigint): number[] {
  const low = Number(value & 0x7fn)
  return value >= -0x40n && value < 0x40n ? [low] : [low | 0x80, ...signed64(value >> 7n)]
}

/** The bytes of floating-point numbers as they lie in memory, which WebAssembly's views take to be little-endian. */
export function raw(numbers: Float32Array | Float64Array): number[] {
  return [...new Uint8Array(numbers.buffer)]
}

/** A vector: how many items, then each; section 5.1.3. */
export function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

/** Bytes after their number: the frame of sections and functions. */
export function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes]
}

/** A name in UTF-8; section 5.2.4. */
export function utf8(name: string): number[] {
  return sized([...new TextEncoder().encode(name)])
}
