import type { Vector } from '../vector.ts'

/**
 * What a push does to the parameters:
 *
 *   fixed    p <- p - learningRate g
 *   adagrad  G <- G + g^2,   p <- p - learningRate g / sqrt(G)   (0 where G is 0)
 */
export interface DownpourRule {
  readonly name: 'fixed' | 'adagrad'
  /** In (0, ∞). */
  readonly learningRate: number
}

/** All there is to a shard of the server, as plain arrays: what is saved and resumed. */
export interface DownpourState {
  readonly parameters: Vector
  /** The sums of squares of Adagrad, as long as `parameters`. Default zeros. */
  readonly squares?: Float64Array
  /** Pushes applied so far. Default 0. */
  readonly version?: number
}

export interface FetchedSlice {
  readonly version: number
  readonly parameters: Vector
}

interface PushOutcome {
  /** False where the push holds a number that is not finite: it is dropped whole. */
  readonly applied: boolean
  /** Pushes that others had applied since the client fetched. */
  readonly staleness: number
}

export interface DownpourServer {
  readonly state: Required<DownpourState>
  /** A copy. */
  fetch(): FetchedSlice
  /** Takes an accrued gradient, and the version of the parameters on which it was begun. */
  push(gradient: ArrayLike<number>, base: number): PushOutcome
}

/**
 * One shard of the parameter server of Downpour SGD. Shards know nothing of each other: each applies pushes in the order
 * they arrive, so that the slices of one fetch may differ in version.
 *
 * Adagrad squares the pushed sum once, and counts the push itself in G, as the paper's eta = gamma / sqrt(sum_j<=K g_j^2).
 * The arrays of `state` are the server's own from then on. Throws RangeError for rates and lengths out of range.
 *
 * Source: Dean et al. 2012, section 4.1 and algorithm 1.1; Duchi, Hazan & Singer 2011.
 */
export function createDownpourServer(
  from: DownpourState,
  { name, learningRate }: DownpourRule,
): DownpourServer {
  const { parameters, squares = new Float64Array(parameters.length) } = from
  let { version = 0 } = from
  const n = parameters.length
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`createDownpourServer: learningRate must be in (0, ∞), got ${learningRate}`)
  }
  if (name !== 'fixed' && name !== 'adagrad') {
    throw new RangeError(`createDownpourServer: name must be 'fixed' or 'adagrad', got '${String(name)}'`)
  }
  if (squares.length !== n) {
    throw new RangeError(`createDownpourServer: squares must have length ${n}, got ${squares.length}`)
  }

  function descend(gradient: ArrayLike<number>): void {
    for (let i = 0; i < n; i++) parameters[i] -= learningRate * gradient[i]
  }

  function adapt(gradient: ArrayLike<number>): void {
    for (let i = 0; i < n; i++) {
      const g = gradient[i]
      squares[i] += g * g
      if (squares[i] > 0) parameters[i] -= (learningRate * g) / Math.sqrt(squares[i])
    }
  }

  return {
    get state() {
      return { parameters, squares, version }
    },
    fetch: () => ({ version, parameters: parameters.slice() }),
    push(gradient, base) {
      if (gradient.length !== n)
        throw new RangeError(`push: gradient must have length ${n}, got ${gradient.length}`)
      const staleness = version - base
      for (let i = 0; i < n; i++) if (!Number.isFinite(gradient[i])) return { applied: false, staleness }
      if (name === 'adagrad') adapt(gradient)
      else descend(gradient)
      version++
      return { applied: true, staleness }
    },
  }
}
