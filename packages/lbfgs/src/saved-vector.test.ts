import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeVector, encodeVector } from './saved-vector.ts'

const seed = 20_260_301

/** The bits as whole numbers, so that NaN, -0 and payloads are compared too. */
const bitsOf = (array: Float32Array | Float64Array): number[] => [
  ...new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
]

test('an array comes back through JSON bit for bit, also from the middle of a buffer', () => {
  const entry = fc.double()
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), fc.boolean(), (values, single) => {
      const whole = single ? Float32Array.from([1, ...values]) : Float64Array.from([1, ...values])
      const array = whole.subarray(1)
      const back = decodeVector(JSON.parse(JSON.stringify(encodeVector(array))))
      expect(back.constructor).toBe(array.constructor)
      expect(bitsOf(back)).toEqual(bitsOf(array))
    }),
    { seed },
  )
})

test('a long array is encoded in pieces', () => {
  const array = Float64Array.from({ length: 5000 }, (_, index) => Math.sin(index))
  expect(decodeVector(encodeVector(array))).toEqual(array)
})

test('the text is the little-endian bytes of the numbers', () => {
  expect(encodeVector(Float32Array.of(1, -0))).toEqual({ precision: 'f32', base64: 'AACAPwAAAIA=' })
  expect(encodeVector(new Float64Array(0))).toEqual({ precision: 'f64', base64: '' })
})

test.each([
  [{ precision: 'f16', base64: '' }, 'saved must be'],
  [{ precision: 'f64', base64: 3 }, 'saved must be'],
  [null, 'saved must be'],
  [{ precision: 'f64', base64: '*' }, 'no base64'],
  [{ precision: 'f64', base64: 'AACAPw==' }, 'multiple of 8 bytes, got 4'],
])('%j is refused', (saved, message) => {
  expect(() => decodeVector(saved as never)).toThrow(TypeError)
  expect(() => decodeVector(saved as never)).toThrow(message)
})
