import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minimize } from '../minimize.ts'
import { minimizeSharded, type ShardedOptions } from './minimize-sharded.ts'
import {
  extendedRosenbrock,
  logisticRegression,
  type SummedProblem,
  wholeObjective,
} from './problems.suite.ts'
import { createShard } from './shard.ts'
import { type ClusterPlan, createClock, createCluster } from './simulation.suite.ts'
import { createWorker } from './worker.ts'
import { WorkersLostError } from './workers-lost-error.ts'

interface Step {
  readonly f: number
  readonly gradientNorm: number
  readonly evaluations: number
  readonly x: readonly number[]
}

const portions = 16
const iterations = 20
const far = extendedRosenbrock(40, portions)
const logistic = logisticRegression(15, 200, portions)

/** n in so many slices, the first the longest. */
function slicesOf(n: number, shards: number): number[] {
  const each = Math.floor(n / shards)
  return Array.from({ length: shards }, (_, k) => (k === 0 ? n - each * (shards - 1) : each))
}

function singleTrace(problem: SummedProblem, pieces: number): Step[] {
  const trace: Step[] = []
  minimize(wholeObjective(problem, pieces), problem.start, {
    maxIterations: iterations,
    tolerance: { gradient: 1e-10, f: 0 },
    onIteration({ f, gradientNorm, evaluations, x }) {
      trace.push({ f, gradientNorm, evaluations, x: [...x] })
    },
  })
  return trace
}

interface Plan extends Partial<ClusterPlan> {
  readonly problem: SummedProblem
  readonly shards: number
  readonly workers: number
  readonly portions?: number
  readonly options?: ShardedOptions
  /** Reads no coordinates on the way. */
  readonly unseen?: boolean
}

async function shardedTrace({
  problem,
  shards,
  options,
  portions: pieces = portions,
  unseen = false,
  ...plan
}: Plan) {
  const clock = createClock()
  const { n, start, objective } = problem
  const cluster = createCluster(clock, { lengths: slicesOf(n, shards), start, objective, ...plan })
  const trace: Step[] = []
  const onIteration: ShardedOptions['onIteration'] = async ({ f, gradientNorm, evaluations, read }) => {
    const slices = await Promise.all(cluster.shards.map((_, k) => read(k)))
    trace.push({ f, gradientNorm, evaluations, x: slices.flatMap((slice) => [...slice]) })
  }
  const limits = { maxIterations: iterations, tolerance: { gradient: 1e-10, f: 0 }, ...options }
  const result = await clock.run(
    minimizeSharded({
      shards: cluster.shardPorts,
      workers: cluster.workerPorts,
      portions: pieces,
      options: unseen ? limits : { ...limits, onIteration },
    }),
  )
  const steps = cluster.hosts.map((host) => host.steps)
  return { trace, result, messages: cluster.messages, time: clock.time, steps }
}

/** The same problem with its coordinates in the other order. */
function reversed({ n, start, objective }: SummedProblem): SummedProblem {
  return {
    n,
    start: start.toReversed(),
    objective(portion, x, gradient) {
      const turned = gradient.toReversed()
      const f = objective(portion, x.toReversed(), turned)
      gradient.set(turned.toReversed())
      return f
    },
  }
}

/** The largest difference over the first steps, in x relative to its largest coordinate, in f to the larger of f and 1. */
function difference(one: readonly Step[], other: readonly Step[], steps = one.length): number {
  let most = 0
  one.slice(0, steps).forEach((step, k) => {
    const size = step.x.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
    step.x.forEach((value, i) => {
      most = Math.max(most, Math.abs(value - other[k].x[i]) / size)
    })
    most = Math.max(most, Math.abs(step.f - other[k].f) / Math.max(1, Math.abs(step.f)))
  })
  return most
}

const valley = extendedRosenbrock(40, portions, 'near')

describe('the steps of one process', () => {
  // On the way down its valley Rosenbrock's function multiplies a rounding by ten every two or three steps.
  const cases = [
    { name: 'logistic regression', problem: logistic, steps: 21 },
    { name: 'extended Rosenbrock from near its minimum', problem: valley, steps: 21 },
    { name: 'extended Rosenbrock from its usual start', problem: far, steps: 10 },
  ].flatMap((each) => [1, 2, 7].map((shards) => ({ ...each, shards })))

  it.each(cases)(
    '$name on $shards shards: 1e-12 in $steps steps, the same bits for 1, 3 and 8 workers',
    async (each) => {
      const { problem, steps, shards } = each
      const single = singleTrace(problem, portions)
      const { trace } = await shardedTrace({ problem, shards, workers: 1 })
      expect(trace).toHaveLength(iterations + 1)
      expect(difference(single, trace, steps)).toBeLessThanOrEqual(1e-12)
      expect(trace.map((step) => step.evaluations)).toEqual(single.map((step) => step.evaluations))
      if (shards === 1) expect(trace).toEqual(single)
      expect((await shardedTrace({ problem, shards, workers: 3 })).trace).toEqual(trace)
      expect((await shardedTrace({ problem, shards, workers: 8 })).trace).toEqual(trace)
    },
  )

  it('depart no further in 20 steps than one process that takes the coordinates in another order', async () => {
    const single = singleTrace(far, portions)
    const { trace } = await shardedTrace({ problem: far, shards: 7, workers: 3 })
    const turned = singleTrace(reversed(far), portions).map((step) => ({ ...step, x: step.x.toReversed() }))
    expect(difference(single, trace)).toBeLessThanOrEqual(10 * difference(single, turned))
  })

  it.each(['f64', 'f32'] as const)(
    'one shard and one portion give the bits of minimize in %s',
    async (precision) => {
      const { start, objective, n } = extendedRosenbrock(30, 1)
      const whole = <A extends Float32Array | Float64Array>(x: A, gradient: A): number => {
        gradient.fill(0)
        return objective(0, x, gradient)
      }
      const expected = precision === 'f64' ? minimize(whole, start) : minimize(whole, new Float32Array(start))
      const clock = createClock()
      const cluster = createCluster(clock, { lengths: [n], precision, workers: 2, start, objective })
      const result = await clock.run(
        minimizeSharded({ shards: cluster.shardPorts, workers: cluster.workerPorts, portions: 1 }),
      )
      const { f, gradientNorm, status, message, iterations: done, evaluations, x } = expected
      expect(result).toMatchObject({ f, gradientNorm, status, message, iterations: done, evaluations })
      expect(await result.read(0)).toEqual(x)
      expect(result.status).toMatch(/^converged/)
    },
  )

  it('damping, another line search and an empty slice are those of minimize, too', async () => {
    const { start, objective, n } = extendedRosenbrock(10, 1)
    const whole = (x: Float64Array, gradient: Float64Array): number => objective(0, x, gradient.fill(0))
    const options = { damping: true, lineSearch: 'hager-zhang', memory: 3, tolerance: { x: 1e-9 } } as const
    const shards = [createShard(0), createShard(n), createShard(0)]
    const x0 = (shard: number) => (shard === 1 ? start : new Float64Array(0))
    const workers = [createWorker(shards, objective)]
    const result = await minimizeSharded({ shards, workers, portions: 1, x0, options })
    const { x, f, message } = minimize(whole, start, options)
    expect(result).toMatchObject({ f, message, lengths: [0, n, 0] })
    expect(await result.read(1)).toEqual(x)
    expect(shards[1].start).toEqual(start)
  })
})

describe('workers that die or dawdle', () => {
  const problem = extendedRosenbrock(12, 5)
  const options = { maxIterations: 6 }
  const base = { problem, shards: 2, portions: 5, options }

  it('change no number, wherever they die and however slow they are', async () => {
    const { trace } = await shardedTrace({ ...base, workers: 1 })
    const death = fc.record({ atStep: fc.nat(400), silently: fc.boolean() })
    const plans = fc.record({
      workers: fc.integer({ min: 2, max: 5 }),
      deaths: fc.array(fc.option(death, { freq: 2 }), { maxLength: 4 }),
      slowness: fc.array(fc.constantFrom(0.3, 1, 1.1, 10), { minLength: 5, maxLength: 5 }),
      lateness: fc.array(fc.constantFrom(0.01, 0.3, 3), { minLength: 5, maxLength: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(plans, async ({ workers, deaths, slowness, lateness }) => {
        // The last one lives.
        const dies = Object.fromEntries(
          deaths.slice(0, workers - 1).flatMap((fate, w) => (fate ? [[w, fate]] : [])),
        )
        const cost = (worker: number) => slowness[worker]
        const latency = (worker: number) => lateness[worker]
        expect((await shardedTrace({ ...base, workers, cost, latency, dies })).trace).toEqual(trace)
      }),
      { numRuns: 60 },
    )
  })

  it('one that dies at any step of its messages is replaced by the other', async () => {
    const { trace } = await shardedTrace({ ...base, workers: 1 })
    const { steps } = await shardedTrace({ ...base, workers: 2 })
    expect(steps[0]).toBeGreaterThan(100)
    for (let atStep = 0; atStep < steps[0]; atStep++) {
      const dies = { 0: { atStep, silently: atStep % 2 === 0 } }
      expect((await shardedTrace({ ...base, workers: 2, dies })).trace, `at step ${atStep}`).toEqual(trace)
    }
  })

  it('all of them: an error with the numbers and the best point', async () => {
    const dies = Object.fromEntries([0, 1, 2].map((w) => [w, { atStep: 60 + 25 * w, silently: false }]))
    const error = await shardedTrace({ ...base, workers: 3, dies }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(WorkersLostError)
    if (!(error instanceof WorkersLostError)) return
    expect(error.message).toMatch(
      /^all 3 workers are lost, with [0-4] of 5 portions of evaluation \d+ done; the last one: connection lost$/,
    )
    const whole = wholeObjective(problem, 5)
    const x = await Promise.all([error.best?.read(0), error.best?.read(1)])
    const point = Float64Array.from(x.flatMap((slice) => [...(slice ?? [])]))
    expect(whole(point, new Float64Array(12))).toBe(error.best?.f)
    expect(error.best?.f).toBeLessThan(whole(problem.start, new Float64Array(12)))
  })

  it('all of them, and none says so: an error when patience is over, else an abort ends it', async () => {
    const dies = { 0: { atStep: 40, silently: true }, 1: { atStep: 47, silently: true } }
    const clock = createClock()
    const cluster = createCluster(clock, {
      lengths: [12],
      start: problem.start,
      objective: problem.objective,
      workers: 2,
      dies,
    })
    const machines = { shards: cluster.shardPorts, workers: cluster.workerPorts, portions: 5 }
    const patience = () => clock.wait(20)
    await expect(clock.run(minimizeSharded({ ...machines, options: { patience } }))).rejects.toThrow(
      /^all 2 workers are lost, .* no answer came in the time to wait$/,
    )
    expect(clock.time).toBeLessThan(60)
    const abort = new AbortController()
    const aborted = minimizeSharded({ ...machines, options: { signal: abort.signal } })
    void clock.wait(5).then(() => abort.abort())
    const result = await clock.run(aborted)
    expect(result).toMatchObject({ status: 'aborted', evaluations: 0 })
    expect(await result.read(0)).toEqual(problem.start)
  })

  it('patience does not end the wait for one that is slow but answers', async () => {
    const clock = createClock()
    const { start, objective } = problem
    const cluster = createCluster(clock, { lengths: [12], start, objective, workers: 1, cost: () => 15 })
    const options = { patience: () => clock.wait(20), maxEvaluations: 3 }
    const result = await clock.run(
      minimizeSharded({ shards: cluster.shardPorts, workers: cluster.workerPorts, portions: 5, options }),
    )
    expect(result).toMatchObject({ status: 'max-evaluations', evaluations: 3 })
  })
})

describe('time and messages', () => {
  /** One of eight workers is ten times as slow; +-10% from portion to portion. */
  const cost = (worker: number, portion: number) =>
    (worker === 0 ? 10 : 1) * (1 + 0.1 * Math.sin(7 * portion + worker))

  it.each([64, 128, 256])(
    'one worker of 8 that is 10 times as slow costs at most 25% with %i portions',
    async (pieces) => {
      const problem = extendedRosenbrock(512, pieces)
      const options = { maxIterations: 8 }
      const { time, result } = await shardedTrace({
        problem,
        shards: 2,
        workers: 8,
        portions: pieces,
        options,
        cost,
        unseen: true,
      })
      const perEvaluation = time / result.evaluations
      const ideal = pieces / (7 + 1 / 10)
      const split = (10 * pieces) / 8
      console.info(
        `${pieces} portions: ${perEvaluation.toFixed(1)} an evaluation, ideal ${ideal.toFixed(1)}, static split ${split.toFixed(1)}`,
      )
      expect(perEvaluation).toBeLessThanOrEqual(1.25 * ideal)
      expect(split / (pieces / 8)).toBe(10)
    },
  )

  it('the coordinator receives no coordinate, and no message of a size that depends on n', async () => {
    const sizes = []
    for (const n of [40, 4000]) {
      const problem = extendedRosenbrock(n, portions)
      const options = { maxIterations: 15 }
      const { messages } = await shardedTrace({ problem, shards: 2, workers: 3, options, unseen: true })
      const own = messages.filter(({ worker }) => worker < 0)
      expect(new Set(own.map(({ kind }) => kind))).toEqual(new Set(['run', 'answer']))
      sizes.push(own.reduce((most, { numbers }) => Math.max(most, numbers), 0))
    }
    expect(sizes[1]).toBe(sizes[0])
    // With memory 10: 22 vectors measured against two.
    expect(sizes[0]).toBeLessThan(100)
  })

  it('parameters cross the wire once per worker and evaluation, gradients once per portion and backup', async () => {
    const { messages, result } = await shardedTrace({ problem: far, shards: 7, workers: 8, cost })
    const fetches = messages.filter(({ kind, numbers }) => kind === 'fetch' && numbers > 0)
    const names = fetches.map(({ worker, shard, evaluation }) => `${worker} ${shard} ${evaluation}`)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeLessThanOrEqual(8 * 7 * result.evaluations)
    const adds = messages.filter(({ kind }) => kind === 'add').length / 7
    expect(adds).toBeGreaterThanOrEqual(portions * result.evaluations)
    expect(adds).toBeLessThanOrEqual((portions + 7) * result.evaluations)
  })

  it('an evaluation costs two round trips to the shards, an accepted step two more', async () => {
    const { messages, result } = await shardedTrace({ problem: far, shards: 1, workers: 2, unseen: true })
    const trips = messages.filter(({ kind }) => kind === 'run').length
    // One to begin, one slope of the first direction.
    expect(trips).toBeLessThanOrEqual(2 + 2 * result.evaluations + 2 * result.iterations)
  })
})

describe('minimizeSharded', () => {
  const problem = extendedRosenbrock(10, 3)
  const machines = (lengths: readonly number[] = [4, 6]) => {
    const shards = lengths.map((length) => createShard(length))
    return { shards, workers: [createWorker(shards, problem.objective)], portions: 3 }
  }
  const x0 = (shard: number) => (shard === 0 ? problem.start.slice(0, 4) : problem.start.slice(4))

  it('goes on from where another ended, on the same machines', async () => {
    const cluster = machines()
    const first = await minimizeSharded({ ...cluster, x0, options: { maxIterations: 5 } })
    expect(first.status).toBe('max-iterations')
    const slices = [await first.read(0), await first.read(1)]
    const second = await minimizeSharded({ ...cluster, x0: (k) => slices[k], options: { maxIterations: 0 } })
    expect(second.f).toBe(first.f)
    expect([await second.read(0), await second.read(1)]).toEqual(slices)
  })

  it('does not take the parameters of an earlier minimisation for its own', async () => {
    const cluster = machines()
    const options = { maxIterations: 0 }
    await minimizeSharded({ ...cluster, options })
    const second = await minimizeSharded({ ...cluster, x0, options })
    expect(second.f).toBe(wholeObjective(problem, 3)(problem.start, new Float64Array(10)))
  })

  it('stops when onIteration says so, at that iterate; limits end it with the best point', async () => {
    const seen: number[] = []
    const onIteration = async ({ iteration, f }: { iteration: number; f: number }) => {
      seen.push(f)
      return iteration === 2
    }
    const stopped = await minimizeSharded({ ...machines(), x0, options: { onIteration } })
    expect(stopped).toMatchObject({ status: 'stopped', iterations: 2, f: seen[2] })
    expect(seen).toHaveLength(3)
    let time = 0
    const late = await minimizeSharded({ ...machines(), x0, options: { maxTimeMs: 3, now: () => time++ } })
    expect(late).toMatchObject({ status: 'max-time', evaluations: 2 })
    const { signal } = new AbortController()
    const limited = await minimizeSharded({ ...machines(), x0, options: { maxEvaluations: 4, signal } })
    expect(limited).toMatchObject({ status: 'max-evaluations', evaluations: 4 })
    const aborted = await minimizeSharded({ ...machines(), x0, options: { signal: AbortSignal.abort() } })
    expect(aborted).toMatchObject({ status: 'aborted', evaluations: 0, f: Number.NaN })
  })

  it('rejects what is not finite: at the start with a status, on the way with a shorter step', async () => {
    const barrier = (_portion: number, x: ArrayLike<number>, gradient: { [i: number]: number }) => {
      gradient[0] = 50 - 1 / x[0]
      return 50 * x[0] - Math.log(x[0])
    }
    const shards = [createShard(1)]
    const cluster = { shards, workers: [createWorker(shards, barrier)], portions: 1 }
    const result = await minimizeSharded({ ...cluster, x0: () => Float64Array.of(0.3) })
    expect(result.status).toMatch(/^converged/)
    expect((await result.read(0))[0]).toBeCloseTo(0.02, 8)
    const outside = await minimizeSharded({ ...cluster, x0: () => Float64Array.of(-1) })
    expect(outside).toMatchObject({ status: 'non-finite-start', evaluations: 1 })
  })

  it('says what is wrong with its arguments, and passes on what a shard fails with', async () => {
    const cluster = machines()
    const run = (change: object) => minimizeSharded({ ...cluster, x0, ...change })
    await expect(run({ shards: [] })).rejects.toThrow(
      'minimizeSharded: shards must be at least one, got none',
    )
    await expect(run({ workers: [] })).rejects.toThrow(
      'createPortions: workers must be at least one, got none',
    )
    await expect(run({ portions: 0 })).rejects.toThrow(
      'createPortions: portions must be a whole number in [1, ∞), got 0',
    )
    await expect(run({ options: { memory: -1 } })).rejects.toThrow(
      'memory must be a whole number in [0, ∞), got -1',
    )
    await expect(run({ options: { maxTimeMs: 5 } })).rejects.toThrow('minimizeSharded: maxTimeMs needs now')
    await expect(run({ x0: () => new Float64Array(3) })).rejects.toThrow(
      'shard: values must have length 4, got 3',
    )
    const mixed = [createShard(4), createShard(6, 'f32')]
    await expect(run({ shards: mixed })).rejects.toThrow('minimizeSharded: shards must have one precision')
    const broken = [
      { ...cluster.shards[0], run: () => Promise.reject(new Error('disk full')) },
      cluster.shards[1],
    ]
    await expect(run({ shards: broken })).rejects.toThrow('disk full')
  })
})
