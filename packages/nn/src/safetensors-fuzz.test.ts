import { sequence } from '@thalweg/testing'
import { expect, it } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type SafetensorsErrorCode,
  type SafetensorsTensor,
} from './index.ts'

/** What a file holds: the bytes of each tensor in hexadecimal, the metadata as they are. */
type Content = Record<string, unknown>

interface Entry {
  readonly dtype: string
  readonly shape: number[]
  readonly data_offsets: [begin: number, end: number]
}

const elementBytes: Record<string, number> = { F64: 8, F32: 4, I32: 4 }
const strings = /"(?:[^"\\]|\\.)*"(\s*:)?/gs

/** Reads a file as the format's text says it, step by step; undefined where the file is wrong. */
function textbook(bytes: Uint8Array): Content | undefined {
  if (bytes.length < 8) return undefined
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > bytes.length - 8) return undefined
  let text: string
  let header: Record<string, Entry>
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    text = decoder.decode(bytes.subarray(8, 8 + length))
    header = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!text.startsWith('{')) return undefined
  // A key that is written twice is read once.
  const written = [...text.matchAll(strings)].filter(([, colon]) => colon !== undefined).length
  if (written !== countKeys(header)) return undefined
  const bare = text.replaceAll(strings, ' ').match(/[^\s,:{}[\]]+/g) ?? []
  if (!bare.every((word) => /^(0|[1-9]\d*)$/.test(word))) return undefined

  const data = bytes.subarray(8 + length)
  const painted = new Uint8Array(data.length)
  const edges = new Set([0])
  const content: Content = {}
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__proto__' || !name.isWellFormed()) return undefined
    if (name === '__metadata__') {
      if (!isObject(entry)) return undefined
      for (const [key, text] of Object.entries(entry)) {
        if (key === '__proto__' || typeof text !== 'string') return undefined
        if (!key.isWellFormed() || !text.isWellFormed()) return undefined
        content[`metadata ${key}`] = text
      }
      continue
    }
    if (!isEntry(entry)) return undefined
    const [begin, end] = entry.data_offsets
    const size = entry.shape.reduce((product, each) => product * each, elementBytes[entry.dtype])
    if (begin > end || end > data.length || end - begin !== size) return undefined
    for (let index = begin; index < end; index++) painted[index] += 1
    edges.add(end)
    content[name] = [entry.dtype, entry.shape, Buffer.from(data.subarray(begin, end)).toString('hex')]
  }
  if (painted.some((times) => times !== 1)) return undefined
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__')
  return entries.every(([, { data_offsets }]) => edges.has(data_offsets[0])) ? content : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false
  if (Object.keys(value).sort().join() !== 'data_offsets,dtype,shape') return false
  const { dtype, shape, data_offsets } = value as Record<string, unknown>
  if (typeof dtype !== 'string' || !['F64', 'F32', 'I32'].includes(dtype)) return false
  if (!Array.isArray(shape) || !Array.isArray(data_offsets) || data_offsets.length !== 2) return false
  if (shape.length > 64 || ![...shape, ...data_offsets].every(Number.isSafeInteger)) return false
  return shape.filter((size) => size > 0).reduce((product, size) => product * size, 1) < 2 ** 50
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const below = Object.values(value).reduce((sum, each) => sum + countKeys(each), 0)
  return below + (Array.isArray(value) ? 0 : Object.keys(value).length)
}

/** What the decoder gives, in the same form. */
function decoded(bytes: Uint8Array): Content {
  const { tensors, metadata } = decodeSafetensors(bytes)
  const content: Content = {}
  for (const [key, text] of Object.entries(metadata)) content[`metadata ${key}`] = text
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const dtype = data instanceof Int32Array ? 'I32' : data instanceof Float32Array ? 'F32' : 'F64'
    const bits = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
    content[name] = [dtype, shape, bits]
  }
  return content
}

/** A choice in [0, count), as many of them as are wanted. */
type Choose = (count: number) => number

function chooser(seed: number): Choose {
  const numbers = sequence(256, Math.imul(seed, 0x9e3779b1))
  let next = 0
  return (count) => Math.floor(((numbers[next++ % numbers.length] + 1) / 2) * count)
}

/** A valid file of up to four tensors. */
function validFile(choose: Choose): Uint8Array {
  const tensors: Record<string, SafetensorsTensor> = {}
  const count = choose(5)
  for (let index = 0; index < count; index++) {
    const shape = Array.from({ length: choose(4) }, () => choose(4))
    const length = shape.reduce((product, size) => product * size, 1)
    const NumberArray = [Float64Array, Float32Array, Int32Array][choose(3)]
    const data = new NumberArray(length)
    const bits = new Uint8Array(data.buffer)
    bits.forEach((_, place) => {
      bits[place] = choose(256)
    })
    tensors[`${['dense', 'conv2d', '😀', '"\\'][choose(4)]}${index}`] = { shape, data }
  }
  return encodeSafetensors(tensors, choose(2) === 0 ? {} : { name: 'a "run"', epoch: '3' })
}

/** Changes one byte, if the file is that long. */
function withByte(bytes: Uint8Array, place: number, byte: number): Uint8Array {
  return place < bytes.length ? bytes.with(place, byte) : bytes
}

/** Changes the header's text, and its length accordingly, if there still is a header. */
function withHeader(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  if (bytes.length < 8) return bytes
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  if (length > bytes.length - 8) return bytes
  const text = new TextEncoder().encode(change(new TextDecoder().decode(bytes.subarray(8, 8 + length))))
  const changed = new Uint8Array(8 + text.length + bytes.length - 8 - length)
  new DataView(changed.buffer).setBigUint64(0, BigInt(text.length), true)
  changed.set(text, 8)
  changed.set(bytes.subarray(8 + length), 8 + text.length)
  return changed
}

/** Replaces one of the matches of a pattern, if there is one. */
function replaceOne(text: string, pattern: RegExp, choose: Choose, replacement: (match: string) => string) {
  const matches = [...text.matchAll(pattern)]
  if (matches.length === 0) return text
  const { index, 0: match } = matches[choose(matches.length)]
  return text.slice(0, index) + replacement(match) + text.slice(index + match.length)
}

const numbers = ['0', '1', '4', '8', '16', '-1', '1.5', '1e1', '9007199254740991', '1'.repeat(30), '']
const words = [
  '"dtype"',
  '"F32"',
  '"F64"',
  '"I32"',
  '"BF16"',
  '"__proto__"',
  '"__metadata__"',
  '"\\ud800"',
  '3',
]
const marks = ['{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\n', '\0', '\ufeff', 'null']

const mutations: readonly ((bytes: Uint8Array, choose: Choose) => Uint8Array)[] = [
  (bytes, choose) => withByte(bytes, choose(bytes.length), choose(256)),
  (bytes, choose) => bytes.slice(0, choose(bytes.length + 1)),
  (bytes, choose) => Uint8Array.from([...bytes, ...new Array(1 + choose(9)).fill(choose(256))]),
  (bytes, choose) => withByte(bytes, choose(8), choose(256)),
  (bytes, choose) =>
    withHeader(bytes, (text) => replaceOne(text, /\d+/g, choose, () => numbers[choose(numbers.length)])),
  (bytes, choose) =>
    withHeader(bytes, (text) => replaceOne(text, strings, choose, () => words[choose(words.length)])),
  (bytes, choose) =>
    withHeader(bytes, (text) => replaceOne(text, /[\s\S]/g, choose, () => marks[choose(marks.length)])),
  (bytes, choose) =>
    withHeader(bytes, (text) => replaceOne(text, /./g, choose, (mark) => mark + marks[choose(marks.length)])),
  // An entry, or one of its fields, a second time; without the comma after it, or with.
  (bytes, choose) =>
    withHeader(bytes, (text) =>
      replaceOne(text, /"[^"]*":(\{[^}]*\}|\[[^\]]*\]|"[^"]*")/g, choose, (match) => `${match},${match}`),
    ),
  (bytes, choose) =>
    withHeader(bytes, (text) => replaceOne(text, /"[^"]*":(\{[^}]*\}|\[[^\]]*\]),?/g, choose, () => '')),
]

it('reads a damaged file as the textbook does, or refuses it with a SafetensorsError', () => {
  const outcomes = new Map<SafetensorsErrorCode | 'read', number>()
  for (let seed = 1; seed <= 5_000; seed++) {
    const choose = chooser(seed)
    let bytes = validFile(choose)
    for (let times = choose(3); times >= 0; times--)
      bytes = mutations[choose(mutations.length)](bytes, choose)
    const expected = textbook(bytes)
    const before = process.memoryUsage().arrayBuffers
    let received: Content | undefined
    let outcome: SafetensorsErrorCode | 'read' = 'read'
    try {
      decodeSafetensors(bytes)
    } catch (error) {
      if (!(error instanceof SafetensorsError)) throw new Error(`with seed ${seed}`, { cause: error })
      outcome = error.code
    }
    const allocated = process.memoryUsage().arrayBuffers - before
    expect(allocated, `bytes allocated with seed ${seed}`).toBeLessThanOrEqual(bytes.length)
    if (outcome === 'read') received = decoded(bytes)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    expect(received, `with seed ${seed}`).toEqual(expected)
  }
  // The mutations reach every way out.
  expect([...outcomes.keys()].sort()).toEqual([
    'bad-header',
    'bad-name',
    'bad-offsets',
    'bad-shape',
    'duplicate-key',
    'header-too-large',
    'read',
    'size-mismatch',
    'trailing-bytes',
    'truncated',
    'unsupported-dtype',
  ])
  expect(outcomes.get('read')).toBeGreaterThan(300)
})
