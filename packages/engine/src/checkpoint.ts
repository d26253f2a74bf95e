import type { RunDocument } from '@thalweg/document'
import type { SavedState } from '@thalweg/optimizers'

/** Everything a run needs to go on to the same bits. */
export interface Checkpoint {
  /** Completed updates. */
  readonly step: number
  readonly optimizer: SavedState
  /** States of the streams that are drawn from while training. */
  readonly order: readonly number[]
  readonly evaluation: readonly number[]
  /** The last learning rate recorded; the series holds changes only. */
  readonly learningRate: number | undefined
  readonly targetStep: number | undefined
  /** The flat parameter vector, little-endian. */
  readonly parameters: Uint8Array
}

/** A checkpoint that cannot be used: not one of ours, cut short, or of another run. */
export class CheckpointError extends Error {
  readonly code: 'not-a-checkpoint' | 'truncated' | 'other-run'

  constructor(code: CheckpointError['code'], message: string) {
    super(`checkpoint: ${message}`)
    this.name = 'CheckpointError'
    this.code = code
  }
}

interface Header extends Omit<Checkpoint, 'parameters'> {
  readonly document: string
  readonly parameterBytes: number
}

/** "THWC", then the version of the layout. */
const magic = 0x54485743
const version = 1
const fixedBytes = 12

/**
 * Lays a checkpoint out as bytes: magic, version and header length (u32, big-endian), a JSON header, the parameters.
 * The run's document is part of it, so that it cannot be continued as another run.
 */
export function encodeCheckpoint(document: RunDocument, checkpoint: Checkpoint): Uint8Array {
  const { parameters, ...rest } = checkpoint
  const header: Header = { ...rest, document: JSON.stringify(document), parameterBytes: parameters.length }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(fixedBytes + text.length + parameters.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic)
  view.setUint32(4, version)
  view.setUint32(8, text.length)
  bytes.set(text, fixedBytes)
  bytes.set(parameters, fixedBytes + text.length)
  return bytes
}

/** Reads a checkpoint of this document; throws CheckpointError. */
export function decodeCheckpoint(document: RunDocument, bytes: Uint8Array): Checkpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < fixedBytes || view.getUint32(0) !== magic || view.getUint32(4) !== version) {
    throw new CheckpointError(
      'not-a-checkpoint',
      `${bytes.length} bytes that are no checkpoint of version ${version}`,
    )
  }
  const textEnd = fixedBytes + view.getUint32(8)
  if (bytes.length < textEnd) {
    throw new CheckpointError('truncated', `${bytes.length} bytes, the header alone needs ${textEnd}`)
  }
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(fixedBytes, textEnd)))
  const { document: text, parameterBytes, ...rest } = header
  if (text !== JSON.stringify(document))
    throw new CheckpointError('other-run', 'it belongs to another run document')
  if (bytes.length !== textEnd + parameterBytes) {
    throw new CheckpointError('truncated', `${bytes.length} bytes, ${textEnd + parameterBytes} expected`)
  }
  return { ...rest, parameters: bytes.subarray(textEnd) }
}
