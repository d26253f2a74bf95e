import { createDownpourClient } from './downpour-client.ts'
import { createDownpourServer, type DownpourRule } from './downpour-server.ts'

/** Logistic regression in minibatches: mean log loss over all rows. */
export interface Minibatches {
  readonly n: number
  readonly count: number
  /** The gradient of the mean loss of a minibatch. */
  gradient(minibatch: number, parameters: ArrayLike<number>, out: Float64Array): void
  /** The mean loss over all rows, and its gradient where asked for. */
  loss(parameters: ArrayLike<number>, out?: Float64Array): number
}

function createRandom(seed: number) {
  let state = seed >>> 0
  /** In [0, 1). Mulberry32. */
  function uniform(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, normal }
}

/** Features of scales from 1 down to 10^-1.5 and a bias; labels drawn from a logistic model. */
export function logisticMinibatches(
  rows: number,
  features: number,
  count: number,
  seed: number,
  strength = 1,
): Minibatches {
  const { uniform, normal } = createRandom(seed)
  const n = features + 1
  const x = Float64Array.from({ length: rows * n }, (_, at) => {
    const j = at % n
    return j === features ? 1 : normal() * 10 ** ((-1.5 * j) / (features - 1))
  })
  const truth = Float64Array.from({ length: n }, () => strength * normal())
  const product = (row: number, w: ArrayLike<number>): number => {
    let sum = 0
    for (let j = 0; j < n; j++) sum += x[row * n + j] * w[j]
    return sum
  }
  const labels = Int8Array.from({ length: rows }, (_, row) =>
    uniform() < 1 / (1 + Math.exp(-product(row, truth))) ? 1 : -1,
  )
  const size = rows / count

  function sum(from: number, to: number, w: ArrayLike<number>, out: Float64Array | undefined): number {
    let total = 0
    out?.fill(0)
    for (let row = from; row < to; row++) {
      const margin = labels[row] * product(row, w)
      total += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0)
      if (out === undefined) continue
      const slope = -labels[row] / (1 + Math.exp(margin)) / (to - from)
      for (let j = 0; j < n; j++) out[j] += slope * x[row * n + j]
    }
    return total / (to - from)
  }

  return {
    n,
    count,
    gradient: (minibatch, parameters, out) => sum(minibatch * size, (minibatch + 1) * size, parameters, out),
    loss: (parameters, out) => sum(0, rows, parameters, out),
  }
}

export interface DownpourPlan {
  readonly data: Minibatches
  readonly replicas: number
  readonly rule: DownpourRule
  readonly seed: number
  /** The loss to reach. */
  readonly target: number
  /** In mean times of a minibatch. */
  readonly maxTime: number
  readonly shards?: number
}

/**
 * Time, in minibatches of one replica, until the parameters of the server reach the target; Infinity if they do not. Each
 * replica fetches, works 0.8 to 1.2 on a random minibatch, and pushes.
 */
export function simulateDownpour({
  data,
  replicas,
  rule,
  seed,
  target,
  maxTime,
  shards = 3,
}: DownpourPlan): number {
  const { n, count } = data
  const { uniform } = createRandom(seed)
  const each = Math.floor(n / shards)
  const lengths = Array.from({ length: shards }, (_, k) => (k === 0 ? n - each * (shards - 1) : each))
  const servers = lengths.map((length) =>
    createDownpourServer({ parameters: new Float64Array(length) }, rule),
  )
  const clients = Array.from({ length: replicas }, () =>
    createDownpourClient({ lengths, learningRate: rule.learningRate }),
  )
  const due = clients.map(() => 0)
  const gradient = new Float64Array(n)
  const parameters = new Float64Array(n)

  function begin(replica: number): void {
    for (const [shard, server] of servers.entries()) clients[replica].fetched(shard, server.fetch())
    due[replica] += 0.8 + 0.4 * uniform()
  }

  for (let replica = 0; replica < replicas; replica++) begin(replica)
  for (let look = 1; look <= maxTime; ) {
    const replica = due.indexOf(Math.min(...due))
    if (due[replica] >= look) {
      look++
      let offset = 0
      for (const { state } of servers) {
        parameters.set(state.parameters, offset)
        offset += state.parameters.length
      }
      if (data.loss(parameters) <= target) return look - 1
      continue
    }
    const client = clients[replica]
    data.gradient(Math.floor(count * uniform()), client.parameters, gradient)
    for (const push of client.take(gradient)) servers[push.shard].push(push.gradient, push.base)
    begin(replica)
  }
  return Number.POSITIVE_INFINITY
}
