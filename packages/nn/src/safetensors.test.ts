import { describe, expect, it } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensorsHeader,
  SafetensorsError,
  type SafetensorsErrorCode,
  type SafetensorsTensor,
  safetensorsDataOffset,
} from './index.ts'

/** A file of any header, right or wrong, and so many data bytes. */
function fileOf(header: string | Uint8Array, dataBytes = 0, headerBytes?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header
  const bytes = new Uint8Array(8 + text.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, headerBytes ?? BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

function entry(dtype: string, shape: string, offsets: string): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`
}

/** The bytes of a tensor's numbers in hexadecimal, first byte first. */
function bitsOf({ data }: SafetensorsTensor): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
}

function float32OfBits(...bits: number[]): Float32Array {
  return new Float32Array(Uint32Array.from(bits).buffer)
}

const tensors: Record<string, SafetensorsTensor> = {
  // Quiet and signalling NaN with payloads, -0, the smallest denormal number.
  'dense1.weight': { shape: [2, 2], data: float32OfBits(0x7fc00001, 0x80000000, 0x00000001, 0x3f800000) },
  'dense1.bias': { shape: [2], data: Float64Array.of(-0, Number.MIN_VALUE) },
  labels: { shape: [3], data: Int32Array.of(1, -2, 3) },
  empty: { shape: [0, 3], data: new Float32Array(0) },
  // In the file it comes before all that is not F64.
  temperature: { shape: [], data: Float64Array.of(0.5) },
}
const metadata = { name: 'öäü "x"\n' }

// What safetensors.numpy.save of Hugging Face's safetensors 0.8.0 gives for the same tensors and metadata.
const published = {
  header: String.raw`{"__metadata__":{"name":"öäü \"x\"\n"},"dense1.bias":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"temperature":{"dtype":"F64","shape":[],"data_offsets":[16,24]},"dense1.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[24,40]},"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[40,40]},"labels":{"dtype":"I32","shape":[3],"data_offsets":[40,52]}}`,
  headerBytes: 360,
  data:
    '00000000000000800100000000000000' +
    '000000000000e03f' +
    '0100c07f00000080010000000000803f' +
    '01000000feffffff03000000',
}

describe('encodeSafetensors', () => {
  it("writes the bytes of the format's own library", () => {
    const bytes = Buffer.from(encodeSafetensors(tensors, metadata).buffer)
    expect(bytes.readBigUInt64LE()).toBe(BigInt(published.headerBytes))
    expect(bytes.toString('utf8', 8, 8 + published.headerBytes)).toBe(published.header)
    expect(bytes.toString('hex', 8 + published.headerBytes)).toBe(published.data)
  })

  it('writes the same bytes whatever the order of names', () => {
    const backwards = Object.fromEntries(Object.entries(tensors).reverse())
    const notes = { b: '2', 10: 'ten', a: '1' }
    const sorted = { 10: 'ten', a: '1', b: '2' }
    expect(encodeSafetensors(backwards, notes)).toEqual(encodeSafetensors(tensors, sorted))
  })

  it('pads the header with spaces to a multiple of 8', () => {
    for (let length = 0; length < 16; length++) {
      const bytes = encodeSafetensors({ ['x'.repeat(length)]: { shape: [1], data: Float64Array.of(1) } })
      const header = Buffer.from(bytes.buffer, 8, bytes.length - 16).toString()
      expect(header.length % 8).toBe(0)
      expect(header).toMatch(/}} {0,7}$/)
    }
  })

  it('writes part of a buffer, and of shared memory', () => {
    const whole = new Float32Array(new SharedArrayBuffer(40)).map((_, index) => index)
    const bytes = encodeSafetensors({ part: { shape: [3], data: whole.subarray(2, 5) } })
    expect([...decodeSafetensors(bytes).tensors.part.data]).toEqual([2, 3, 4])
  })

  it.each([
    [
      'another array',
      { x: { shape: [1], data: Uint8Array.of(1) } },
      'encodeSafetensors: tensors["x"].data must be a Float64Array, Float32Array or Int32Array',
    ],
    [
      'fewer numbers than the shape has',
      { x: { shape: [2, 3], data: new Float32Array(5) } },
      'encodeSafetensors: tensors["x"].data must have length 6, the product of its shape, got 5',
    ],
    [
      'a size below 0',
      { x: { shape: [-1], data: new Float32Array(1) } },
      'encodeSafetensors: tensors["x"].shape must have whole numbers in [0, 2^53), got -1',
    ],
    [
      'a size that is not whole',
      { x: { shape: [1, 0.5], data: new Float32Array(1) } },
      'encodeSafetensors: tensors["x"].shape must have whole numbers in [0, 2^53), got 0.5',
    ],
    [
      'sizes that nobody can multiply',
      { x: { shape: [2 ** 50, 0], data: new Float32Array(0) } },
      'encodeSafetensors: tensors["x"].shape must have a product below 2^50, got 1125899906842624 x 0',
    ],
    [
      'too many sizes',
      { x: { shape: new Array(65).fill(1), data: new Float32Array(1) } },
      'encodeSafetensors: tensors["x"].shape must have at most 64 sizes, got 65',
    ],
    ...['__proto__', '__metadata__', '\ud800'].map((name) => [
      `the name ${JSON.stringify(name)}`,
      { [name]: { shape: [0], data: new Float32Array(0) } },
      `encodeSafetensors: tensors must have names without lone surrogates and other than __proto__ and __metadata__, got ${JSON.stringify(name)}`,
    ]),
  ] as [string, Record<string, SafetensorsTensor>, string][])('refuses %s', (_what, wrong, message) => {
    expect(() => encodeSafetensors(wrong)).toThrow(message)
  })

  it('refuses metadata that are no text', () => {
    const wrong = { epoch: 3 } as unknown as Record<string, string>
    expect(() => encodeSafetensors({}, wrong)).toThrow(
      'encodeSafetensors: metadata["epoch"] must be a string without lone surrogates',
    )
    expect(() => encodeSafetensors({}, { name: '\udc00' })).toThrow(TypeError)
    expect(() => encodeSafetensors({}, JSON.parse('{"__proto__": ""}'))).toThrow(RangeError)
  })

  it('refuses a header over the limit of the format', () => {
    expect(() => encodeSafetensors({}, { name: 'x'.repeat(100_000_000) })).toThrow(
      'encodeSafetensors: the header must have at most 100000000 bytes, got 100000032',
    )
  })
})

describe('decodeSafetensors', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('gives back every bit, %d bytes into a buffer', (offset) => {
    const encoded = encodeSafetensors(tensors, metadata)
    const bytes = Buffer.alloc(offset + encoded.length + 8, 0xff).subarray(offset, offset + encoded.length)
    bytes.set(encoded)
    const decoded = decodeSafetensors(bytes)
    expect({ ...decoded.metadata }).toEqual(metadata)
    expect(Object.keys(decoded.tensors).sort()).toEqual(Object.keys(tensors).sort())
    for (const [name, tensor] of Object.entries(tensors)) {
      expect(decoded.tensors[name].data.constructor).toBe(tensor.data.constructor)
      expect(decoded.tensors[name].shape).toEqual(tensor.shape)
      expect(bitsOf(decoded.tensors[name])).toBe(bitsOf(tensor))
    }
    expect(encodeSafetensors(decoded.tensors, decoded.metadata)).toEqual(encoded)
  })

  it('gives views where they can be made, and copies elsewhere', () => {
    const bytes = encodeSafetensors(tensors)
    for (const { data } of Object.values(decodeSafetensors(bytes).tensors)) {
      expect(data.buffer).toBe(bytes.buffer)
    }
    const moved = new Uint8Array(bytes.length + 4).subarray(4)
    moved.set(bytes)
    const decoded = decodeSafetensors(moved).tensors
    expect(decoded.temperature.data.buffer).not.toBe(moved.buffer)
    expect(decoded.labels.data.buffer).toBe(moved.buffer)
  })

  it('reads shared memory', () => {
    const bytes = encodeSafetensors(tensors, metadata)
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    expect([...decodeSafetensors(shared).tensors.labels.data]).toEqual([1, -2, 3])
  })

  it('reads a file without tensors', () => {
    const decoded = decodeSafetensors(fileOf('{}'))
    expect([Object.keys(decoded.tensors), Object.keys(decoded.metadata)]).toEqual([[], []])
    expect(encodeSafetensors({})).toEqual(fileOf('{}      '))
  })

  it('reads headers of any order, spaces and escapes', () => {
    const second = entry('F32', ' [ 1 ] ', '[8,12]')
    const header = `{ "\\u0062\\/\\n" : ${second},\r\n\t"a":{"data_offsets":[0,8],"shape":[2],"dtype":"I32"} } \n`
    const { tensors: read } = decodeSafetensors(fileOf(header, 12))
    expect(Object.keys(read)).toEqual(['a', 'b/\n'])
    expect(read.a.shape).toEqual([2])
  })

  it('keeps names that objects already know', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '', '0', '😀']
    const one = { shape: [], data: Float32Array.of(1) }
    const { tensors: read } = decodeSafetensors(
      encodeSafetensors(Object.fromEntries(names.map((name) => [name, one]))),
    )
    expect(Object.keys(read).sort()).toEqual([...names].sort())
    expect(decodeSafetensors(encodeSafetensors({})).tensors.constructor).toBeUndefined()
  })

  const weight = entry('F32', '[1]', '[0,4]')
  it.each<[string, Uint8Array, SafetensorsErrorCode, string]>([
    ['an empty file', new Uint8Array(0), 'truncated', 'expected at least 8 bytes, received 0 bytes'],
    [
      'a header beyond the end',
      fileOf('{}', 0, 3n),
      'truncated',
      'expected at least 11 bytes for the header, received 10 bytes',
    ],
    [
      'a header of 100 000 001 bytes',
      fileOf('{}', 0, 100_000_001n),
      'header-too-large',
      'expected a header of at most 100000000 bytes, received 100000001',
    ],
    [
      'a header of 2^64 - 1 bytes',
      fileOf('{}', 0, 2n ** 64n - 1n),
      'header-too-large',
      'received 18446744073709551615',
    ],
    ['no header', fileOf(''), 'bad-header', 'expected a header that starts with "{", received ""'],
    ['a space before the header', fileOf(' {}'), 'bad-header', 'starts with "{", received " {}"'],
    ['a byte order mark', fileOf('\ufeff{}'), 'bad-header', 'starts with "{"'],
    [
      'bytes that are no UTF-8',
      fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
      'bad-header',
      'expected a header in UTF-8',
    ],
    [
      'what is no JSON',
      fileOf('{"a"}'),
      'bad-header',
      'expected ":" at character 4 of the header, received "}"',
    ],
    [
      'a key without quotation marks',
      fileOf('{a:1}'),
      'bad-header',
      'expected a string for a key of the header at character 1 of the header, received "a:1}"',
    ],
    ['a header that ends early', fileOf('{"a'), 'bad-header', 'received "\\"a"'],
    ['a comma at the end', fileOf(`{"a":${weight},}`, 4), 'bad-header', 'expected a string for a key'],
    ['no comma', fileOf(`{"a":${weight}"b":${weight}}`, 4), 'bad-header', 'expected "," or "}"'],
    ['text after the header', fileOf('{}x'), 'bad-header', 'expected nothing at character 2 of the header'],
    ['an unknown escape', fileOf('{"\\x":1}'), 'bad-header', 'expected a string'],
    ['a line break in a name', fileOf('{"\n":1}'), 'bad-header', 'expected a string'],
    [
      'a tensor that is no object',
      fileOf('{"a":[]}'),
      'bad-header',
      'expected an object for tensor "a" at character 5 of the header, received "[]}"',
    ],
    [
      'an unknown field',
      fileOf(`{"a":{"offsets":[0,4]}}`, 4),
      'bad-header',
      'expected dtype, shape and data_offsets of "a", received "offsets"',
    ],
    ['a missing field', fileOf('{"a":{"dtype":"F32"}}'), 'bad-header', 'data_offsets of "a", received fewer'],
    [
      'metadata that are no object',
      fileOf('{"__metadata__":"x"}'),
      'bad-header',
      'expected an object for the metadata',
    ],
    [
      'metadata that are no text',
      fileOf('{"__metadata__":{"epoch":3}}'),
      'bad-header',
      'expected a string for metadata "epoch" at character 25 of the header, received "3}}"',
    ],
    [
      'a name twice',
      fileOf(`{"a":${weight},"a":${weight}}`, 4),
      'duplicate-key',
      'expected each key of the header once, received "a" twice',
    ],
    [
      'a name twice in two spellings',
      fileOf(`{"a":${weight},"\\u0061":${weight}}`, 4),
      'duplicate-key',
      '"a" twice',
    ],
    [
      'a field twice',
      fileOf('{"a":{"dtype":"F32","dtype":"F64"}}'),
      'duplicate-key',
      'expected each key of tensor "a" once, received "dtype" twice',
    ],
    [
      'metadata twice',
      fileOf('{"__metadata__":{},"__metadata__":{}}'),
      'duplicate-key',
      '"__metadata__" twice',
    ],
    ['metadata with a key twice', fileOf('{"__metadata__":{"a":"","a":""}}'), 'duplicate-key', '"a" twice'],
    [
      'the name __proto__',
      fileOf(`{"__proto__":${weight}}`, 4),
      'bad-name',
      'expected names other than "__proto__"',
    ],
    ['metadata named __proto__', fileOf('{"__metadata__":{"__proto__":""}}'), 'bad-name', '"__proto__"'],
    ['half a character', fileOf(`{"\\ud83d":${weight}}`, 4), 'bad-name', 'expected whole characters'],
    [
      'an unknown dtype',
      fileOf(`{"a":${entry('BF16', '[2]', '[0,4]')}}`, 4),
      'unsupported-dtype',
      'expected one of F64, F32, I32 for "a", received "BF16"',
    ],
    [
      'a dtype that objects know',
      fileOf(`{"a":${entry('constructor', '[1]', '[0,4]')}}`, 4),
      'unsupported-dtype',
      '"constructor"',
    ],
    [
      'a negative size',
      fileOf(`{"a":${entry('F32', '[-1]', '[0,4]')}}`, 4),
      'bad-shape',
      'expected a whole number in [0, 2^53 - 1] for the shape of "a" at character 29 of the header, received "-1]',
    ],
    ...['1.0', '0.5', '1e0', '-0', '01', '9007199254740992', '1'.repeat(400)].map(
      (size): [string, Uint8Array, SafetensorsErrorCode, string] => [
        `the size ${size.slice(0, 20)}`,
        fileOf(`{"a":${entry('F32', `[${size}]`, '[0,4]')}}`, 4),
        'bad-shape',
        'expected a whole number in [0, 2^53 - 1]',
      ],
    ),
    [
      'a size that is no number',
      fileOf('{"a":{"shape":["1"]}}'),
      'bad-header',
      'expected a number for the shape',
    ],
    [
      'sizes whose product overflows',
      fileOf(`{"a":${entry('F32', '[4294967296,4294967297]', '[0,4]')}}`, 4),
      'bad-shape',
      'expected fewer than 2^50 numbers in "a", received shape [4294967296, 4294967297]',
    ],
    [
      'sizes whose product overflows before a 0 comes',
      fileOf(`{"a":${entry('F32', '[4294967296,4294967296,0]', '[0,0]')}}`),
      'bad-shape',
      'fewer than 2^50',
    ],
    [
      'too many sizes',
      fileOf(`{"a":${entry('F32', `[${new Array(65).fill(1)}]`, '[0,4]')}}`, 4),
      'bad-shape',
      'expected at most 64 numbers in the shape of "a", received more',
    ],
    [
      'data that end before they begin',
      fileOf(`{"a":${entry('F32', '[1]', '[4,0]')}}`, 4),
      'bad-offsets',
      'expected [begin, end] of "a", begin <= end, received [4, 0]',
    ],
    ['one offset', fileOf(`{"a":${entry('F32', '[1]', '[4]')}}`, 4), 'bad-offsets', 'received [4]'],
    [
      'three offsets',
      fileOf(`{"a":${entry('F32', '[1]', '[0,4,8]')}}`, 4),
      'bad-offsets',
      'at most 2 numbers',
    ],
    ['a negative offset', fileOf(`{"a":${entry('F32', '[1]', '[-4,0]')}}`, 4), 'bad-offsets', '"-4,0]}}"'],
    [
      'data that overlap',
      fileOf(`{"a":${entry('F32', '[2]', '[0,8]')},"b":${entry('F32', '[2]', '[4,12]')}}`, 12),
      'bad-offsets',
      'expected "b" to begin at 8, received 4',
    ],
    [
      'a hole',
      fileOf(`{"a":${entry('F32', '[1]', '[0,4]')},"b":${entry('F32', '[1]', '[8,12]')}}`, 12),
      'bad-offsets',
      'expected "b" to begin at 4, received 8',
    ],
    [
      'a hole before the first',
      fileOf(`{"a":${entry('F32', '[1]', '[4,8]')}}`, 8),
      'bad-offsets',
      'expected "a" to begin at 0, received 4',
    ],
    [
      'nothing, inside of something',
      fileOf(`{"a":${entry('F32', '[2]', '[0,8]')},"b":${entry('F32', '[0]', '[4,4]')}}`, 8),
      'bad-offsets',
      'expected "b" to begin at 8, received 4',
    ],
    [
      'fewer bytes than the shape needs',
      fileOf(`{"a":${entry('F64', '[2,3]', '[0,40]')}}`, 40),
      'size-mismatch',
      'expected 48 bytes for shape [2, 3] and F64 of "a", received offsets [0, 40]',
    ],
    [
      'data beyond the end',
      fileOf(`{"a":${entry('F64', '[1099511627776]', '[0,8796093022208]')}}`, 8),
      'truncated',
      'expected 8796093022294 bytes, received 94 bytes',
    ],
    [
      'bytes after the data',
      fileOf(`{"a":${weight}}`, 5),
      'trailing-bytes',
      'expected 66 bytes, received 67 bytes',
    ],
    ['bytes after nothing', fileOf('{}', 1), 'trailing-bytes', 'expected 10 bytes, received 11 bytes'],
  ])('refuses %s', (_what, bytes, code, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(
      expect.objectContaining({ name: 'SafetensorsError', code, message: expect.stringContaining(message) }),
    )
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError)
  })

  it('refuses a header over the limit that is passed', () => {
    const bytes = encodeSafetensors(tensors, metadata)
    expect(decodeSafetensors(bytes, { headerBytes: 360 }).metadata.name).toBe(metadata.name)
    expect(() => decodeSafetensors(bytes, { headerBytes: 359 })).toThrow(
      'safetensors: expected a header of at most 359 bytes, received 360',
    )
    expect(() => decodeSafetensors(bytes, { headerBytes: 100_000_001 })).toThrow(
      'safetensors: limits.headerBytes must be a whole number in [2, 100000000], got 100000001',
    )
  })

  it('refuses more names than the limit that is passed', () => {
    const notes = { a: '', b: '', c: '', d: '' }
    const bytes = encodeSafetensors({}, notes)
    expect({ ...decodeSafetensors(bytes, { names: 4 }).metadata }).toEqual(notes)
    expect(() => decodeSafetensors(bytes, { names: 3 })).toThrow(
      'safetensors: expected at most 3 keys of the metadata, received more',
    )
    expect(() => decodeSafetensors(bytes, { names: 2 })).toThrow(
      'safetensors: limits.names must be a whole number in [3, 10000000], got 2',
    )
    const many = `{${Array.from({ length: 100_001 }, (_, index) => `"${index}":${entry('F32', '[0]', '[0,0]')}`)}}`
    expect(() => decodeSafetensors(fileOf(many))).toThrow('expected at most 100000 keys of the header')
  })
})

describe('readSafetensorsHeader', () => {
  const bytes = encodeSafetensors(tensors, metadata)

  it('says where the tensors are, from the start of the file alone', () => {
    const dataOffset = safetensorsDataOffset(bytes.subarray(0, 8), bytes.length)
    expect(dataOffset).toBe(8 + published.headerBytes)
    const header = readSafetensorsHeader(bytes.subarray(0, dataOffset), bytes.length)
    expect(header.metadata.name).toBe(metadata.name)
    expect(header.tensors).toEqual([
      { name: 'dense1.bias', dtype: 'F64', shape: [2], length: 2, offset: dataOffset },
      { name: 'temperature', dtype: 'F64', shape: [], length: 1, offset: dataOffset + 16 },
      { name: 'dense1.weight', dtype: 'F32', shape: [2, 2], length: 4, offset: dataOffset + 24 },
      { name: 'empty', dtype: 'F32', shape: [0, 3], length: 0, offset: dataOffset + 40 },
      { name: 'labels', dtype: 'I32', shape: [3], length: 3, offset: dataOffset + 40 },
    ])
  })

  it('checks the length of the whole file', () => {
    expect(() => readSafetensorsHeader(bytes, bytes.length - 1)).toThrow(
      'safetensors: expected 420 bytes, received 419 bytes',
    )
  })

  it('refuses a start that is too short for its header, and lengths that no file has', () => {
    expect(() => readSafetensorsHeader(bytes.subarray(0, 367), bytes.length)).toThrow(
      'safetensors: head must have at least 368 bytes, got 367',
    )
    expect(() => safetensorsDataOffset(bytes.subarray(0, 7), bytes.length)).toThrow(
      'safetensors: head must have at least 8 bytes, got 7',
    )
    expect(() => safetensorsDataOffset(bytes, -1)).toThrow(
      'safetensors: fileBytes must be a whole number in [0, 2^53), got -1',
    )
  })
})
