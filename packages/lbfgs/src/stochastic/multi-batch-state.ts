import { decodeVector, encodeVector, type SavedVector } from '../saved-vector.ts'
import type { Vector } from '../vector.ts'
import {
  type OnlineKind,
  type OnlineMemory,
  restoreOnline,
  type SavedOnline,
  saveOnline,
} from './online-state.ts'

/** What says which samples make a batch. */
export interface Sampling {
  readonly count: number
  readonly batchSize: number
  readonly overlapSize: number
}

/** A multi-batch optimizer as plain data: JSON keeps every bit of it. */
export interface SavedMultiBatch extends SavedOnline {
  /** In the order of `Sampling`. */
  readonly sampling: readonly number[]
  /** Sample numbers. */
  readonly parts: Readonly<Record<Part, SavedVector>>
}

export type Part = 'before' | 'own' | 'after'

export interface MultiBatchMemory<A extends Vector> extends OnlineMemory<A> {
  parts: Record<Part, Uint32Array>
}

export function saveMultiBatch<A extends Vector>(
  kind: OnlineKind,
  { count, batchSize, overlapSize }: Sampling,
  memory: MultiBatchMemory<A>,
): SavedMultiBatch {
  const { before, own, after } = memory.parts
  return {
    ...saveOnline(kind, memory),
    sampling: [count, batchSize, overlapSize],
    parts: { before: encoded(before), own: encoded(own), after: encoded(after) },
  }
}

/** Throws TypeError where there is none. */
export function savedSampling(saved: SavedMultiBatch): Sampling {
  if (!Array.isArray(saved?.sampling)) throw new TypeError('state: sampling must be three numbers')
  const [count, batchSize, overlapSize] = saved.sampling
  return { count, batchSize, overlapSize }
}

/** Fills the memory of a new optimizer of the same kind. Throws TypeError for what does not fit. */
export function restoreMultiBatch<A extends Vector>(
  saved: SavedMultiBatch,
  kind: OnlineKind,
  into: MultiBatchMemory<A>,
): void {
  restoreOnline(saved, kind, into, ['before', 'own', 'after'])
  const { count } = savedSampling(saved)
  const part = (name: Part): Uint32Array => {
    const samples = decodeVector(saved.parts[name])
    if (samples.every((sample) => Number.isSafeInteger(sample) && sample >= 0 && sample < count)) {
      return Uint32Array.from(samples)
    }
    throw new TypeError(`state: parts.${name} must be whole numbers in [0, ${count})`)
  }
  into.parts = { before: part('before'), own: part('own'), after: part('after') }
}

function encoded(samples: Uint32Array): SavedVector {
  return encodeVector(Float64Array.from(samples))
}
