import { describe, expect, it } from 'vitest'
import { errorOf } from '../test/seeded-random.ts'
import { DatasetError } from './errors.ts'
import { parseIdx } from './parse-idx.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)
const matrix = bytes(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255)

function failure(input: Uint8Array): DatasetError {
  const error = errorOf(() => parseIdx(input, 'file.idx'))
  if (!(error instanceof DatasetError)) throw error
  return error
}

describe('parseIdx', () => {
  it('reads bytes of a 2 x 3 matrix, as a view', () => {
    const { dimensions, values } = parseIdx(matrix, 'file.idx')
    expect(dimensions).toEqual([2, 3])
    expect(values).toEqual(bytes(1, 2, 3, 4, 5, 255))
    expect(values.buffer).toBe(matrix.buffer)
  })

  it('reads from the middle of a larger buffer', () => {
    const surrounded = new Uint8Array(matrix.length + 7)
    surrounded.set(matrix, 3)
    const { values } = parseIdx(surrounded.subarray(3, 3 + matrix.length), 'file.idx')
    expect([...values]).toEqual([1, 2, 3, 4, 5, 255])
  })

  it.each([
    ['int8', 0x09, [0xff, 0x80], new Int8Array([-1, -128])],
    ['int16', 0x0b, [0xff, 0xfe, 0x01, 0x00], new Int16Array([-2, 256])],
    ['int32', 0x0c, [0xff, 0xff, 0xff, 0xfd, 0x00, 0x01, 0x00, 0x00], new Int32Array([-3, 65536])],
    ['float32', 0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], new Float32Array([1, -2.5])],
    [
      'float64',
      0x0e,
      [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0],
      new Float64Array([1, -2.5]),
    ],
  ])('reads big-endian %s', (_, type, payload, expected) => {
    expect(parseIdx(bytes(0, 0, type, 1, 0, 0, 0, 2, ...payload), 'file.idx').values).toEqual(expected)
  })

  it('reads an array with a dimension of 0', () => {
    expect(parseIdx(bytes(0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5), 'file.idx')).toEqual({
      dimensions: [0, 5],
      values: new Uint8Array(0),
    })
  })

  it('refuses every shorter piece of a file, with the byte where it ends', () => {
    for (let length = 0; length < matrix.length; length++)
      expect(failure(matrix.slice(0, length))).toMatchObject({
        code: 'truncated',
        offset: length,
        file: 'file.idx',
      })
    expect(failure(matrix.slice(0, 17)).message).toBe(
      'file.idx, byte 17: expected 18 bytes for dimensions 2 x 3, received 17 bytes',
    )
  })

  it('refuses bytes after the end', () => {
    expect(failure(bytes(...matrix, 0))).toMatchObject({
      code: 'trailing-bytes',
      offset: 18,
      received: '19 bytes',
    })
  })

  it('refuses another magic number, with the byte that differs', () => {
    expect(failure(bytes(0x1f, 0x8b, 8, 1)).message).toBe('file.idx, byte 0: expected 00, received 1f')
    expect(failure(bytes(0, 7, 8, 1))).toMatchObject({ code: 'bad-magic', offset: 1 })
    expect(failure(bytes(0, 0, 0x0a, 1))).toMatchObject({ code: 'bad-magic', offset: 2, received: '0a' })
    expect(failure(bytes(0, 0, 8, 0))).toMatchObject({ code: 'bad-magic', offset: 3 })
  })

  it('refuses dimensions that lie, without allocating what they announce', () => {
    const huge = [0xff, 0xff, 0xff, 0xff]
    expect(failure(bytes(0, 0, 0x0e, 1, ...huge))).toMatchObject({
      code: 'truncated',
      expected: `${8 + 4294967295 * 8} bytes for dimensions 4294967295`,
    })
    const manyHuge = Array.from({ length: 255 }, () => huge).flat()
    expect(failure(bytes(0, 0, 8, 255, ...manyHuge))).toMatchObject({ code: 'truncated' })
    // 2^16 x 2^16 is 0 in 32 bits, 2^32 x 2^32 is 0 in 64.
    expect(failure(bytes(0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0))).toMatchObject({ code: 'truncated' })
    // A 0 after a product that overflows f64 is an empty array, not NaN.
    const withZero = [...manyHuge.slice(4), 0, 0, 0, 0]
    expect(parseIdx(bytes(0, 0, 8, 255, ...withZero), 'file.idx').values).toHaveLength(0)
  })
})
