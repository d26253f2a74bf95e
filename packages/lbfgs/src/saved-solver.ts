import type { Core, CoreNumbers } from './core.ts'
import { decodeVector, encodeVector, type SavedVector } from './saved-vector.ts'
import type { Vector } from './vector.ts'

/** A solver as plain data: JSON keeps every bit of it. */
export interface SavedSolver extends SolverKind {
  /** Scalars; what JSON cannot hold (NaN, infinities, -0) is text. */
  readonly numbers: unknown
  readonly vectors: Readonly<Record<string, SavedVector>>
}

/** What two solvers must share for one to go on from the state of the other. */
export interface SolverKind {
  readonly method: 'free' | 'box' | 'orthant'
  readonly precision: 'f32' | 'f64'
  readonly length: number
  readonly memory: number
  /** The line search by its name; 'own' for one that is not of this package. */
  readonly lineSearch: string
  /** A checksum of bounds, l1 and scaling: f, x and the gradient mean what they meant under the same ones only. */
  readonly terms: string
}

/** FNV-1a over the bits of all numbers, as hexadecimal text. */
export function checksum(parts: readonly ArrayLike<number | boolean>[]): string {
  const number = new Float64Array(1)
  const words = new Uint32Array(number.buffer)
  let hash = 0x811c9dc5
  for (const part of parts) {
    hash = Math.imul(hash ^ part.length, 0x01000193)
    for (let i = 0; i < part.length; i++) {
      number[0] = Number(part[i])
      for (const word of words) hash = Math.imul(hash ^ word ^ (word >>> 15), 0x01000193)
    }
  }
  return (hash >>> 0).toString(16)
}

export function saveCore<A extends Vector>(core: Core<A>, kind: SolverKind): SavedSolver {
  const vectors = Object.entries(core.vectors()).map(
    ([name, vector]) => [name, encodeVector(vector)] as const,
  )
  const numbers: unknown = JSON.parse(JSON.stringify(core.save(), writable))
  return { ...kind, numbers, vectors: Object.fromEntries(vectors) }
}

/** Throws TypeError for what `saveCore` cannot have made, or made of a solver of another kind. */
export function restoreCore<A extends Vector>(core: Core<A>, saved: SavedSolver, kind: SolverKind): void {
  for (const key of ['method', 'precision', 'length', 'memory', 'lineSearch', 'terms'] as const) {
    if (saved?.[key] === kind[key]) continue
    if (key === 'terms') throw new TypeError('state: bounds, l1 and scaling must be those it was saved with')
    throw new TypeError(`state: ${key} must be ${kind[key]}, as this solver's, got ${String(saved?.[key])}`)
  }
  try {
    core.restore(JSON.parse(JSON.stringify(saved.numbers), readable) as CoreNumbers)
  } catch (cause) {
    throw new TypeError('state: these are no numbers of a solver', { cause })
  }
  for (const [name, vector] of Object.entries(core.vectors())) {
    const entry = saved.vectors[name]
    if (entry === undefined) throw new TypeError(`state: the vector ${name} is missing`)
    const values = decodeVector(entry)
    if (values.length !== kind.length || entry.precision !== kind.precision) {
      const wanted = `${kind.length} numbers of ${kind.precision}`
      throw new TypeError(`state: ${name} must be ${wanted}, got ${values.length} of ${entry.precision}`)
    }
    vector.set(values)
  }
  core.resume()
}

const texts = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
])

function writable(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : String(value)
}

function readable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? (texts.get(value) ?? value) : value
}
