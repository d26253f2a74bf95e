import { createHash } from 'node:crypto'
import type { RunDocument } from '@thalweg/document'
import { CheckpointError } from './checkpoint-error.ts'
import type { EarlyStoppingState } from './early-stopping.ts'
import type { ResumedMethod } from './method.ts'

/** Everything a run needs to go on to the same bits; weights and optimizer state are its method's. */
export interface Checkpoint extends ResumedMethod {
  /** States of the streams that are drawn from while training. */
  readonly evaluation: readonly number[]
  readonly dropout: readonly number[]
  readonly augmentation: readonly number[]
  readonly earlyStopping: EarlyStoppingState
  readonly targetStep: number | undefined
}

interface Header extends Omit<Checkpoint, 'arrays'> {
  readonly document: string
  /** Names and lengths, in bytes, of the arrays that follow. */
  readonly arrays: readonly (readonly [name: string, bytes: number])[]
}

/** "THWC", then the version of the layout. */
const magic = 0x54485743
const version = 3
const fixedBytes = 12
const digestBytes = 32

/**
 * Lays a checkpoint out as bytes: magic, version and header length (u32, big-endian), a JSON header, the arrays as they
 * are, and a SHA-256 of all that. The run's document is part of it, so that it cannot be continued as another run.
 */
export function encodeCheckpoint(document: RunDocument, checkpoint: Checkpoint): Uint8Array {
  const { arrays, ...rest } = checkpoint
  const sizes = Object.entries(arrays).map(([name, { length }]) => [name, length] as const)
  const header: Header = { ...rest, document: canonical(document), arrays: sizes }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const arrayBytes = sizes.reduce((sum, [, length]) => sum + length, 0)
  const bytes = new Uint8Array(fixedBytes + text.length + arrayBytes + digestBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic)
  view.setUint32(4, version)
  view.setUint32(8, text.length)
  bytes.set(text, fixedBytes)
  let end = fixedBytes + text.length
  for (const array of Object.values(arrays)) {
    bytes.set(array, end)
    end += array.length
  }
  bytes.set(digest(bytes.subarray(0, end)), end)
  return bytes
}

/** Reads a checkpoint of this document; throws CheckpointError. */
export function decodeCheckpoint(document: RunDocument, bytes: Uint8Array): Checkpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (
    bytes.length < fixedBytes + digestBytes ||
    view.getUint32(0) !== magic ||
    view.getUint32(4) !== version
  ) {
    throw new CheckpointError(
      'not-a-checkpoint',
      `${bytes.length} bytes that are no checkpoint of version ${version}`,
    )
  }
  const end = bytes.length - digestBytes
  const expected = digest(bytes.subarray(0, end))
  if (!expected.every((byte, index) => byte === bytes[end + index])) {
    throw new CheckpointError(
      'damaged',
      `its ${bytes.length} bytes are not what was written: the checksum differs`,
    )
  }
  const textEnd = fixedBytes + view.getUint32(8)
  const {
    document: text,
    arrays: sizes,
    ...rest
  } = JSON.parse(new TextDecoder().decode(bytes.subarray(fixedBytes, textEnd))) as Header
  if (text !== canonical(document))
    throw new CheckpointError('other-run', 'it belongs to another run document')
  let start = textEnd
  const arrays = sizes.map(([name, length]) => {
    const array = bytes.subarray(start, start + length)
    start += length
    return [name, array] as const
  })
  return { ...rest, arrays: Object.fromEntries(arrays) }
}

function digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** JSON with sorted keys: a document that went through a database may come back in another order. */
function canonical(document: unknown): string {
  return JSON.stringify(document, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
