import { decodeVector, encodeVector, type SavedVector } from '../saved-vector.ts'
import type { Precision, Vector } from '../vector.ts'
import type { OnlineCurvature } from './online-curvature.ts'
import type { OnlineSettings } from './online-options.ts'

/** A stochastic L-BFGS method as plain data: JSON keeps every bit of it. */
export interface SavedOnline extends OnlineKind {
  readonly phase: string
  readonly status: string
  readonly message: string
  /** In the order of `settingNames`, and of the method's own numbers. */
  readonly settings: SavedVector
  readonly numbers: SavedVector
  readonly vectors: readonly SavedVector[]
  readonly pairs: SavedPairs
}

/** What the method must share with that which goes on from its state. */
export interface OnlineKind {
  readonly algorithm: 'online-lbfgs' | 'multi-batch-lbfgs'
  readonly precision: Precision
  readonly length: number
}

/** `numbers`: first scale and pairs refused. Oldest pair first; the history's tables of s_i . y_j and y_i . y_j. */
interface SavedPairs {
  readonly numbers: SavedVector
  readonly sy: SavedVector
  readonly yy: SavedVector
  readonly s: readonly SavedVector[]
  readonly y: readonly SavedVector[]
}

/** Everything that changes in a method: what is saved, and filled again. */
export interface OnlineMemory<A extends Vector> {
  phase: string
  status: string
  message: string
  readonly settings: OnlineSettings
  readonly numbers: Record<string, number>
  readonly vectors: readonly A[]
  readonly curvature: OnlineCurvature<A>
}

const settingNames = ['memory', 'learningRate', 'decaySteps', 'lambda', 'epsilon'] as const

export function saveOnline<A extends Vector>(kind: OnlineKind, memory: OnlineMemory<A>): SavedOnline {
  const { phase, status, message, settings, numbers, vectors, curvature } = memory
  const { history, firstScale, refused } = curvature
  const { count, sy, yy } = history.save()
  const indices = Array.from({ length: count }, (_, i) => i)
  return {
    ...kind,
    phase,
    status,
    message,
    settings: encodeVector(Float64Array.from(settingNames, (name) => settings[name])),
    numbers: encodeVector(Float64Array.from(Object.values(numbers))),
    vectors: vectors.map(encodeVector),
    pairs: {
      numbers: encodeVector(Float64Array.of(firstScale, refused)),
      sy: encodeVector(Float64Array.from(sy)),
      yy: encodeVector(Float64Array.from(yy)),
      s: indices.map((i) => encodeVector(history.s(i))),
      y: indices.map((i) => encodeVector(history.y(i))),
    },
  }
}

/** Throws TypeError for what `saveOnline` cannot have made, or made of another kind. */
export function savedSettings(saved: SavedOnline, kind: OnlineKind, memory?: number): OnlineSettings {
  for (const key of ['algorithm', 'precision', 'length'] as const) {
    if (saved?.[key] === kind[key]) continue
    throw new TypeError(`state: ${key} must be ${kind[key]}, got ${String(saved?.[key])}`)
  }
  const [pairs, learningRate, decaySteps, lambda, epsilon] = decoded('settings', saved.settings, 'f64', 5)
  if (memory !== undefined && memory !== pairs) {
    throw new TypeError(`state: memory must be ${memory}, as here, got ${pairs}`)
  }
  return { memory: pairs, learningRate, decaySteps, lambda, epsilon }
}

/** Fills the memory of a new method of the same kind. Throws TypeError for what does not fit. */
export function restoreOnline<A extends Vector>(
  saved: SavedOnline,
  { precision, length }: OnlineKind,
  into: OnlineMemory<A>,
  phases: readonly string[],
): void {
  const { phase, status, message } = saved
  if (!(phases.includes(phase) && ['running', 'non-finite-start', 'step-failed'].includes(status))) {
    throw new TypeError(`state: phase and status must be of this method, got ${phase} and ${status}`)
  }
  const names = Object.keys(into.numbers)
  const numbers = decoded('numbers', saved.numbers, 'f64', names.length)
  names.forEach((name, i) => {
    into.numbers[name] = numbers[i]
  })
  const { s, y } = saved.pairs
  const { curvature } = into
  const { history } = curvature
  const [firstScale, refused] = decoded('pairs.numbers', saved.pairs.numbers, 'f64', 2)
  Object.assign(curvature, { firstScale, refused })
  const count = s.length
  if (count > into.settings.memory) {
    throw new TypeError(`state: pairs must be at most ${into.settings.memory}, got ${count}`)
  }
  const table = (name: 'sy' | 'yy'): number[] =>
    Array.from(decoded(`pairs.${name}`, saved.pairs[name], 'f64', count * count))
  history.restore({ count, sy: table('sy'), yy: table('yy'), ss: [], sg: [], yg: [] })
  const fill = (name: string, from: readonly SavedVector[], vectors: readonly A[]): void => {
    if (from.length !== vectors.length) {
      throw new TypeError(`state: ${name} must be ${vectors.length} vectors, got ${from.length}`)
    }
    vectors.forEach((vector, i) => {
      vector.set(decoded(`${name}[${i}]`, from[i], precision, length))
    })
  }
  fill('vectors', saved.vectors, into.vectors)
  fill(
    'pairs.s',
    s,
    Array.from(s, (_, i) => history.s(i)),
  )
  fill(
    'pairs.y',
    y,
    Array.from(s, (_, i) => history.y(i)),
  )
  Object.assign(into, { phase, status, message })
}

function decoded(name: string, saved: SavedVector, precision: Precision, length: number): Vector {
  const values = decodeVector(saved)
  if (saved.precision === precision && values.length === length) return values
  const got = `${values.length} of ${saved.precision}`
  throw new TypeError(`state: ${name} must be ${length} numbers of ${precision}, got ${got}`)
}
