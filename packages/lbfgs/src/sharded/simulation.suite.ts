import type { Vector } from '../vector.ts'
import type { ShardOperation, ShardPort, SlicePort, WorkerPort } from './ports.ts'
import { createShard, type Shard } from './shard.ts'
import { createWorker } from './worker.ts'

/** Simulated time: events in order, each followed by whatever its promises set off. */
export function createClock() {
  /** The next one last; those of one time in the order they were asked for, the first last. */
  const events: { readonly time: number; readonly happen: () => void }[] = []
  let time = 0

  function wait(delay: number): Promise<void> {
    return new Promise((happen) => {
      const event = { time: time + delay, happen }
      let at = events.length
      while (at > 0 && events[at - 1].time <= event.time) at--
      events.splice(at, 0, event)
    })
  }

  /** Lets the time pass until the work is done; throws if nothing is left that could happen. */
  async function run<T>(work: Promise<T>): Promise<T> {
    let settled = false
    const end = (): void => {
      settled = true
    }
    work.then(end, end)
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (settled) return work
      const next = events.pop()
      if (next === undefined) throw new Error('the simulation hangs: nothing is left that could happen')
      time = next.time
      next.happen()
    }
  }

  return {
    get time() {
      return time
    },
    wait,
    run,
  }
}

export type Clock = ReturnType<typeof createClock>

export interface ClusterPlan {
  readonly lengths: readonly number[]
  readonly workers: number
  readonly precision?: 'f32' | 'f64'
  readonly start: ArrayLike<number>
  readonly objective: (portion: number, x: Vector, gradient: Vector) => number
  /** Simulated time for a portion. Default 1. */
  readonly cost?: (worker: number, portion: number) => number
  /** Time of a message in one direction. Default 0.01. */
  readonly latency?: (worker: number) => number
  /** The worker dies at this step of its messages (each sending, arrival and answer is one). */
  readonly dies?: Readonly<Record<number, { readonly atStep: number; readonly silently: boolean }>>
}

interface Message {
  readonly kind: string
  readonly worker: number
  readonly shard: number
  readonly evaluation: number
  readonly numbers: number
}

/** Shards and workers on machines of their own, which die and dawdle as planned. */
export function createCluster(clock: Clock, plan: ClusterPlan) {
  const { lengths, precision = 'f64', cost = () => 1, latency = () => 0.01, dies = {} } = plan
  const messages: Message[] = []
  const shards = lengths.map((length) => createShard(length, precision))
  let offset = 0
  for (const { start } of shards) {
    for (let i = 0; i < start.length; i++) start[i] = plan.start[offset + i]
    offset += start.length
  }

  const hosts = Array.from({ length: plan.workers }, (_, worker) =>
    createHost(clock, latency(worker), dies[worker]),
  )
  const shardPorts = shards.map((shard, index) => coordinatorPort(clock, shard, index, messages))
  const workerPorts = hosts.map((host, worker): WorkerPort => {
    const slices = shards.map((shard, index) => slicePort(host, shard, worker, index, messages))
    const inner = createWorker(slices, async (portion, x, gradient) => {
      await clock.wait(cost(worker, portion))
      return plan.objective(portion, x, gradient)
    })
    return { evaluate: (evaluation, portion) => host.call(() => inner.evaluate(evaluation, portion), true) }
  })
  return { shards, shardPorts, workerPorts, messages, hosts }
}

type Host = ReturnType<typeof createHost>

function createHost(clock: Clock, latency: number, fate: { atStep: number; silently: boolean } | undefined) {
  let steps = 0
  let dead = false
  let report = (_cause: Error): void => {}
  const death = new Promise<never>((_, reject) => {
    report = reject
  })
  death.catch(() => {})

  /** Never resolves once the host is dead. */
  async function step(): Promise<void> {
    if (steps++ === fate?.atStep) {
      dead = true
      if (!fate.silently) report(new Error('connection lost'))
    }
    if (dead) await new Promise(() => {})
  }

  /** A call to the host, or from it; the caller hears of a death only where `heard`. */
  async function call<T>(work: () => T | PromiseLike<T>, heard: boolean): Promise<T> {
    async function carried(): Promise<T> {
      await step()
      await clock.wait(latency)
      await step()
      const answer = await work()
      await step()
      await clock.wait(latency)
      return answer
    }
    return heard ? Promise.race([carried(), death]) : carried()
  }

  return {
    call,
    get steps() {
      return steps
    },
  }
}

function coordinatorPort(clock: Clock, shard: Shard, index: number, messages: Message[]): ShardPort {
  const log = (kind: string, numbers: number): void => {
    messages.push({ kind, worker: -1, shard: index, evaluation: -1, numbers })
  }
  return {
    async run(operations) {
      log('run', numbersIn(operations))
      await clock.wait(0.01)
      const answer = shard.run(structuredClone(operations) as ShardOperation[])
      await clock.wait(0.01)
      log('answer', answer.length)
      return answer
    },
    read(vector) {
      const slice = shard.read(vector)
      log('read', slice.length)
      return slice
    },
    write(vector, values) {
      log('write', values.length)
      shard.write(vector, values)
    },
  }
}

function slicePort(host: Host, shard: Shard, worker: number, index: number, messages: Message[]): SlicePort {
  return {
    fetch: (evaluation) =>
      host.call(() => {
        const slice = shard.fetch(evaluation)
        messages.push({ kind: 'fetch', worker, shard: index, evaluation, numbers: slice?.length ?? 0 })
        return slice
      }, false),
    add: (evaluation, portion, slice) =>
      host.call(() => {
        messages.push({ kind: 'add', worker, shard: index, evaluation, numbers: slice.length })
        return shard.add(evaluation, portion, slice)
      }, false),
  }
}

function numbersIn(value: unknown): number {
  if (typeof value === 'number') return 1
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((total: number, each) => total + numbersIn(each), 0)
}
