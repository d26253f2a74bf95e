import type { InitOptions, OptimizerState } from '../optimizer.ts'
import { checkAlike, precisionOf, type Vector } from './tensors.ts'

/** An optimizer's state as plain data: JSON keeps every bit of it. */
export interface SavedState {
  readonly optimizer: string
  readonly step: number
  readonly outputs?: 'first' | 'last'
  readonly tensors: Readonly<Record<string, SavedTensor>>
}

interface SavedTensor {
  /** The dimensions, where there are several. */
  readonly shape?: readonly number[]
  readonly vectors: Readonly<Record<string, SavedVector>>
  readonly scalars: Readonly<Record<string, SavedVector>>
}

/** The bytes of an array, little-endian, as base64: decimal text would lose NaN, infinities and -0. */
interface SavedVector {
  readonly precision: 'f32' | 'f64'
  readonly base64: string
}

/** The largest array that is saved as text: base64 of more would not fit a string. */
const maxArrayBytes = 2 ** 28

/** The state as plain data; throws RangeError for an array of more than 256 MiB. */
export function saveState(state: OptimizerState): SavedState {
  const tensors = Object.entries(state.tensors).map(([name, { vectors, scalars, shape }]) => {
    const saved: SavedTensor = {
      ...(shape.length > 1 && { shape: [...shape] }),
      vectors: Object.fromEntries(Object.entries(vectors).map(([key, vector]) => [key, encode(vector)])),
      scalars: Object.fromEntries(Object.entries(scalars).map(([key, value]) => [key, encode(value)])),
    }
    return [name, saved] as const
  })
  const { optimizer, step, outputs } = state
  return { optimizer, step, outputs, tensors: Object.fromEntries(tensors) }
}

/** What a state was made with, for who does not say it again. */
export function savedOptions(saved: SavedState, given: InitOptions = {}): InitOptions {
  checkSaved(saved)
  const entries = Object.entries(saved.tensors).flatMap(([name, { shape }]) =>
    shape === undefined ? [] : [[name, shape] as const],
  )
  return { shapes: Object.fromEntries(entries), ...(saved.outputs && { outputs: saved.outputs }), ...given }
}

/** Throws TypeError for what `save` cannot have made. */
function checkSaved(saved: SavedState): void {
  const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null
  const tensors: unknown = isRecord(saved) ? saved.tensors : undefined
  const sound =
    typeof tensors === 'object' &&
    tensors !== null &&
    Object.values(tensors).every((each) => isRecord(each) && isRecord(each.vectors) && isRecord(each.scalars))
  if (!sound) throw new TypeError('restore: this is no saved state')
}

/**
 * Fills a fresh state; throws TypeError naming the optimizer, tensor or array that differs, and changes nothing then.
 */
export function restoreState(saved: SavedState, into: OptimizerState): void {
  const { optimizer } = into
  if (saved.optimizer !== optimizer) {
    throw new TypeError(`${optimizer}: the saved state is of ${saved.optimizer}`)
  }
  if (!(Number.isSafeInteger(saved.step) && saved.step >= 0)) {
    throw new TypeError(`${optimizer}: the saved step must be a whole number, got ${String(saved.step)}`)
  }
  checkShapes(saved, into)
  const expected = flatten(into)
  const given = Object.fromEntries(
    Object.entries(saved.tensors).flatMap(([tensor, { vectors, scalars }]) => [
      ...Object.entries(vectors).map(([key, vector]) => decoded(optimizer, `${tensor}.${key}`, vector)),
      ...Object.entries(scalars).map(([key, value]) => decoded(optimizer, `${tensor}.${key}`, value)),
    ]),
  )
  checkAlike(optimizer, expected, given, 'saved state')
  for (const [tensor, { vectors, scalars }] of Object.entries(into.tensors)) {
    for (const [key, vector] of Object.entries(vectors)) vector.set(given[`${tensor}.${key}`])
    for (const [key, value] of Object.entries(scalars)) value.set(given[`${tensor}.${key}`])
  }
  into.step = saved.step
}

function checkShapes(saved: SavedState, { optimizer, outputs, tensors }: OptimizerState): void {
  if (saved.outputs !== undefined && saved.outputs !== outputs) {
    throw new TypeError(`${optimizer}: the saved state has its outputs ${saved.outputs}, not ${outputs}`)
  }
  for (const [name, { shape }] of Object.entries(tensors)) {
    const was = saved.tensors[name]?.shape
    if (was === undefined || was.join() === shape.join()) continue
    throw new TypeError(
      `${optimizer}: the saved state of ${name} has the shape [${was.join(', ')}], not [${shape.join(', ')}]`,
    )
  }
}

function decoded(optimizer: string, name: string, vector: SavedVector): readonly [string, Vector] {
  try {
    return [name, decode(vector)]
  } catch (cause) {
    throw new TypeError(`${optimizer}: saved state ${name} is no array of numbers`, { cause })
  }
}

function flatten(state: OptimizerState): Record<string, Vector> {
  return Object.fromEntries(
    Object.entries(state.tensors).flatMap(([tensor, { vectors, scalars }]) => [
      ...Object.entries(vectors).map(([key, vector]) => [`${tensor}.${key}`, vector] as const),
      ...Object.entries(scalars).map(([key, value]) => [`${tensor}.${key}`, value] as const),
    ]),
  )
}

/** btoa() takes a string of one character a byte; this many arguments at a time fit a call. */
const chunkBytes = 8192

function encode(vector: Vector): SavedVector {
  if (vector.byteLength > maxArrayBytes) {
    throw new RangeError(`save: an array must have at most ${maxArrayBytes} bytes, got ${vector.byteLength}`)
  }
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
  let text = ''
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunkBytes))
  }
  return { precision: precisionOf(vector), base64: btoa(text) }
}

function decode({ precision, base64 }: SavedVector): Vector {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  const { buffer } = bytes
  if (precision === 'f32') return new Float32Array(buffer)
  if (precision === 'f64') return new Float64Array(buffer)
  throw new TypeError(`unknown precision ${String(precision)}`)
}
