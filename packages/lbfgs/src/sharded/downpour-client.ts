import type { Vector } from '../vector.ts'
import type { FetchedSlice } from './downpour-server.ts'

export interface DownpourClientOptions {
  /** The lengths of the slices of the server's shards, in order. */
  readonly lengths: readonly number[]
  /** The rate of the replica's own steps between two fetches, in [0, ∞). */
  readonly learningRate: number
  /** Minibatches between two fetches, whole, at least 1. Default 1. */
  readonly fetchEvery?: number
  /** Minibatches between two pushes, whole, at least 1. Default 1. */
  readonly pushEvery?: number
  /** Default 'f64'. */
  readonly precision?: 'f64' | 'f32'
}

/** What to send to a shard: an accrued gradient, and the version it was begun on. */
interface Push {
  readonly shard: number
  readonly base: number
  readonly gradient: Vector
}

/** A model replica: asks for fetches and takes gradients; sending and waiting is the driver's part. */
export interface DownpourClient {
  /** Minibatches taken. */
  readonly steps: number
  /** Where to take the next gradient. Complete once every shard has been fetched. */
  readonly parameters: Vector
  readonly ready: boolean
  /** Whether to begin a fetch before the next minibatch; the driver may wait for it, or go on. */
  readonly fetchDue: boolean
  /** Takes a fetched slice, whenever it comes; one older than the slice held is ignored. */
  fetched(shard: number, slice: FetchedSlice): void
  /** Takes the gradient of a minibatch at `parameters`; the pushes to send, where some are due. The arrays are the caller's. */
  take(gradient: ArrayLike<number>): readonly Push[]
  /** What is accrued and not pushed yet: for the end. */
  flush(): readonly Push[]
}

/**
 * The replica of Downpour SGD (algorithm 1.1) as a state machine:
 *
 *   every fetchEvery steps begin a fetch;  accrued <- accrued + g;  parameters <- parameters - learningRate g;
 *   every pushEvery steps push accrued and begin anew from 0
 *
 * Departs from the pseudo-code, which says what is meant less exactly: a push comes after pushEvery minibatches, not after
 * the first; what is accrued is swapped for zeros in one go, so that no gradient is lost or sent twice while a push is on
 * its way; and a fetched slice keeps the replica's own moves that the server cannot know, parameters <- fetched -
 * learningRate accrued. Both periods are constants.
 *
 * Source: Dean et al. 2012, section 4.1. Throws RangeError for options out of range.
 */
export function createDownpourClient(options: DownpourClientOptions): DownpourClient {
  const { lengths, learningRate, fetchEvery = 1, pushEvery = 1, precision = 'f64' } = options
  if (!(learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`createDownpourClient: learningRate must be in [0, ∞), got ${learningRate}`)
  }
  requirePeriod('fetchEvery', fetchEvery)
  requirePeriod('pushEvery', pushEvery)
  const n = lengths.reduce((sum, length) => sum + length, 0)
  const zeros = (length: number): Vector =>
    precision === 'f64' ? new Float64Array(length) : new Float32Array(length)
  const offsets = lengths.map((_, shard) => lengths.slice(0, shard).reduce((sum, length) => sum + length, 0))
  const parameters = zeros(n)
  /** Of the slices held, and of those on which what is accrued was begun. */
  const versions = lengths.map(() => -1)
  let bases = versions.slice()
  let accrued = lengths.map(zeros)
  let steps = 0
  let pending = 0

  function flush(): readonly Push[] {
    if (pending === 0) return []
    const pushes = accrued.map((gradient, shard) => ({ shard, base: bases[shard], gradient }))
    accrued = lengths.map(zeros)
    pending = 0
    return pushes
  }

  return {
    get steps() {
      return steps
    },
    parameters,
    get ready() {
      return versions.every((version) => version >= 0)
    },
    get fetchDue() {
      return steps % fetchEvery === 0
    },
    fetched(shard, { version, parameters: slice }) {
      if (slice.length !== lengths[shard]) {
        throw new RangeError(
          `fetched: slice ${shard} must have length ${lengths[shard]}, got ${slice.length}`,
        )
      }
      if (version < versions[shard]) return
      versions[shard] = version
      const own = accrued[shard]
      const offset = offsets[shard]
      for (let i = 0; i < slice.length; i++) parameters[offset + i] = slice[i] - learningRate * own[i]
    },
    take(gradient) {
      if (gradient.length !== n)
        throw new RangeError(`take: gradient must have length ${n}, got ${gradient.length}`)
      if (versions.some((version) => version < 0)) throw new Error('take: not every shard has been fetched')
      if (pending === 0) bases = versions.slice()
      accrued.forEach((own, shard) => {
        const offset = offsets[shard]
        for (let i = 0; i < own.length; i++) {
          own[i] += gradient[offset + i]
          parameters[offset + i] -= learningRate * gradient[offset + i]
        }
      })
      steps++
      pending++
      return steps % pushEvery === 0 ? flush() : []
    },
    flush,
  }
}

function requirePeriod(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new RangeError(`createDownpourClient: ${name} must be a whole number in [1, ∞), got ${value}`)
}
