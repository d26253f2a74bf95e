import { decodeVector, encodeVector, type SavedVector } from '../saved-vector.ts'
import type { SfoMemory, SfoPhase, SfoScalars, SfoStatus } from './sfo-memory.ts'
import { checkSettings, type SfoSettings } from './sfo-options.ts'

/** All that an optimizer knows, as plain data: JSON keeps every bit of it. */
export interface SavedSfo {
  readonly algorithm: 'sfo'
  readonly settings: SfoSettings
  readonly phase: SfoPhase
  readonly status: SfoStatus
  /** In the order of `scalarNames`, `vectorsOf` and `SumModel.arrays`. */
  readonly scalars: SavedVector
  readonly vectors: readonly SavedVector[]
  readonly model: readonly SavedVector[]
  /** The basis of the subspace; empty where that is the whole space. */
  readonly basis: readonly SavedVector[]
}

const scalarNames: readonly (keyof SfoScalars)[] = [
  'index',
  'evaluations',
  'random',
  'cyclic',
  'hasScale',
  'stepScale',
  'sinceGrowth',
  'sinceRebuild',
  'failuresInRow',
  'calm',
  'distance',
  'predictedGain',
  'trialValue',
  'previousValue',
  'shrinks',
  'gradientNorm',
]

const vectorsOf = (memory: SfoMemory): readonly Float64Array[] => [
  ...[memory.x, memory.previous, memory.start, memory.position, memory.previousPosition],
  ...[memory.trialGradient, memory.previousGradient, memory.verified],
]

export function saveSfo(memory: SfoMemory): SavedSfo {
  return {
    algorithm: 'sfo',
    settings: { ...memory.settings },
    phase: memory.phase,
    status: memory.status,
    scalars: encodeVector(Float64Array.from(scalarNames, (name) => memory[name])),
    vectors: vectorsOf(memory).map(encodeVector),
    model: memory.model.arrays.map(encodeVector),
    basis: memory.subspace.basis.map(encodeVector),
  }
}

/** What the optimizer was made with. */
export function restoredSettings(saved: SavedSfo): SfoSettings {
  const { algorithm, settings, phase, status } = saved
  const sound =
    algorithm === 'sfo' &&
    typeof settings === 'object' &&
    ['step', 'previous', 'shrink', 'start', 'verify'].includes(phase) &&
    ['running', 'converged', 'non-finite-start', 'step-failed'].includes(status)
  if (!sound) throw new TypeError('restoreSfo: this is no saved state of sfo')
  try {
    checkSettings(settings)
  } catch (cause) {
    throw new TypeError('restoreSfo: the saved settings are out of range', { cause })
  }
  return settings
}

/** Fills the memory of a new optimizer with the same settings. */
export function restoreInto(saved: SavedSfo, memory: SfoMemory): void {
  const { model, subspace } = memory
  const scalars = new Float64Array(scalarNames.length)
  fill('scalars', [saved.scalars], [scalars])
  fill('vectors', saved.vectors, vectorsOf(memory))
  fill('model', saved.model, model.arrays)
  if (saved.basis.length > subspace.capacity) {
    throw new TypeError(
      `restoreSfo: basis must have at most ${subspace.capacity} vectors, got ${saved.basis.length}`,
    )
  }
  const basis = saved.basis.map(() => new Float64Array(subspace.dimension))
  fill('basis', saved.basis, basis)
  subspace.restore(basis)
  model.size = subspace.size
  scalarNames.forEach((name, i) => {
    memory[name] = scalars[i]
  })
  memory.phase = saved.phase
  memory.status = saved.status
}

function fill(name: string, saved: readonly SavedVector[], into: readonly Float64Array[]): void {
  if (saved.length !== into.length) {
    throw new TypeError(`restoreSfo: ${name} must be ${into.length} arrays, got ${saved.length}`)
  }
  into.forEach((array, i) => {
    const values = decodeVector(saved[i])
    if (!(values instanceof Float64Array) || values.length !== array.length) {
      throw new TypeError(
        `restoreSfo: ${name}[${i}] must be ${array.length} f64 numbers, got ${values.length}`,
      )
    }
    array.set(values)
  })
}
