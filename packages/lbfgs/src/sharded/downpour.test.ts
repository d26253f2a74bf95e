import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minimize } from '../minimize.ts'
import { createDownpourClient } from './downpour-client.ts'
import { createDownpourServer, type DownpourRule } from './downpour-server.ts'
import { logisticMinibatches, simulateDownpour } from './downpour-simulation.suite.ts'

describe('createDownpourServer', () => {
  it('takes two steps of Adagrad as worked by hand, the push included in its sum, 0 / 0 = 0', () => {
    const server = createDownpourServer(
      { parameters: Float64Array.of(1, 1, 1) },
      { name: 'adagrad', learningRate: 0.5 },
    )
    // G = (9, 16, 0): p = 1 - 0.5 * (3/3, -4/4, 0)
    expect(server.push([3, -4, 0], 0)).toEqual({ applied: true, staleness: 0 })
    expect(server.state.parameters).toEqual(Float64Array.of(0.5, 1.5, 1))
    // G = (25, 16, 4): p -= 0.5 * (4/5, 0, 2/2)
    expect(server.push([4, 0, 2], 0)).toEqual({ applied: true, staleness: 1 })
    expect(server.state).toEqual({
      parameters: Float64Array.of(0.5 - 0.4, 1.5, 0.5),
      squares: Float64Array.of(25, 16, 4),
      version: 2,
    })
  })

  it('goes on from its state, and drops a push that is not finite', () => {
    const rule = { name: 'adagrad', learningRate: 0.1 } as const
    const whole = createDownpourServer({ parameters: Float64Array.of(1, 2) }, rule)
    whole.push([1, 2], 0)
    const { parameters, squares, version } = whole.state
    const resumed = createDownpourServer(
      { parameters: parameters.slice(), squares: squares.slice(), version },
      rule,
    )
    for (const server of [whole, resumed]) server.push([0.3, -5], 1)
    expect(resumed.state).toEqual(whole.state)
    const before = structuredClone(whole.state)
    expect(whole.push([1, Number.NaN], 1)).toEqual({ applied: false, staleness: 1 })
    expect(whole.state).toEqual(before)
    whole.fetch().parameters.fill(0)
    expect(whole.state).toEqual(before)
  })

  it('fixed: p - learningRate g; names what is out of range', () => {
    const parameters = Float32Array.of(2)
    const server = createDownpourServer({ parameters }, { name: 'fixed', learningRate: 0.5 })
    server.push([3], 0)
    expect(server.fetch()).toEqual({ version: 1, parameters: Float32Array.of(0.5) })
    expect(() => server.push([1, 2], 1)).toThrow('push: gradient must have length 1, got 2')
    const make = (learningRate: number) => () =>
      createDownpourServer({ parameters }, { name: 'fixed', learningRate })
    expect(make(0)).toThrow('createDownpourServer: learningRate must be in (0, ∞), got 0')
  })
})

describe('createDownpourClient', () => {
  const slices = [Float64Array.of(1), Float64Array.of(2, 3)]
  const fetchAll = (client: ReturnType<typeof createDownpourClient>, version: number) => {
    for (const [shard, parameters] of slices.entries()) client.fetched(shard, { version, parameters })
  }

  it('fetches and pushes at its periods, moves on its own between them', () => {
    const client = createDownpourClient({ lengths: [1, 2], learningRate: 0.5, fetchEvery: 3, pushEvery: 2 })
    expect(client).toMatchObject({ ready: false, fetchDue: true })
    expect(() => client.take([1, 1, 1])).toThrow('take: not every shard has been fetched')
    fetchAll(client, 7)
    expect(client.ready).toBe(true)
    expect(client.take([2, 0, 4])).toEqual([])
    expect(client.parameters).toEqual(Float64Array.of(0, 2, 1))
    expect(client.fetchDue).toBe(false)
    expect(client.take([1, 1, 1])).toEqual([
      { shard: 0, base: 7, gradient: Float64Array.of(3) },
      { shard: 1, base: 7, gradient: Float64Array.of(1, 5) },
    ])
    expect(client.take([1, 1, 1])).toEqual([])
    expect(client.fetchDue).toBe(true)
    expect(client.flush()).toHaveLength(2)
    expect(client.flush()).toEqual([])
  })

  it('keeps what it has not pushed yet on top of a fetched slice, and ignores a slice that is older than its own', () => {
    const client = createDownpourClient({ lengths: [1, 2], learningRate: 0.5, pushEvery: 4 })
    fetchAll(client, 3)
    client.take([2, 2, 2])
    client.fetched(0, { version: 5, parameters: Float64Array.of(10) })
    client.fetched(1, { version: 2, parameters: Float64Array.of(-1, -1) })
    expect(client.parameters).toEqual(Float64Array.of(9, 1, 2))
    client.take([1, 1, 1])
    // The sum was begun on version 3 of both.
    expect(client.flush().map(({ base }) => base)).toEqual([3, 3])
  })

  it('pushes every gradient once, whatever the periods', () => {
    const runs = fc.record({
      pushEvery: fc.integer({ min: 1, max: 5 }),
      fetchEvery: fc.integer({ min: 1, max: 5 }),
      gradients: fc.array(fc.tuple(fc.integer(), fc.integer(), fc.integer()), { maxLength: 20 }),
    })
    fc.assert(
      fc.property(runs, ({ pushEvery, fetchEvery, gradients }) => {
        const client = createDownpourClient({ lengths: [2, 1], learningRate: 0, pushEvery, fetchEvery })
        client.fetched(0, { version: 0, parameters: new Float64Array(2) })
        client.fetched(1, { version: 0, parameters: new Float64Array(1) })
        const sums = [0, 0, 0]
        const receive = (pushes: ReturnType<typeof client.take>) => {
          for (const { shard, gradient } of pushes) {
            for (const [i, value] of gradient.entries()) sums[2 * shard + i] += value
          }
        }
        for (const gradient of gradients) receive(client.take(gradient))
        receive(client.flush())
        const all = [0, 1, 2].map((i) => gradients.reduce((sum, gradient) => sum + gradient[i], 0))
        expect(sums).toEqual(all)
      }),
    )
  })

  it('names what is out of range', () => {
    const make = (change: object) => () => createDownpourClient({ lengths: [1], learningRate: 1, ...change })
    expect(make({ learningRate: -1 })).toThrow('createDownpourClient: learningRate must be in [0, ∞), got -1')
    expect(make({ pushEvery: 0 })).toThrow(
      'createDownpourClient: pushEvery must be a whole number in [1, ∞), got 0',
    )
    expect(make({ fetchEvery: 1.5 })).toThrow(
      'createDownpourClient: fetchEvery must be a whole number in [1, ∞), got 1.5',
    )
  })
})

describe('Downpour SGD', () => {
  const data = logisticMinibatches(4000, 50, 50, 1)
  const whole = (x: Float64Array, gradient: Float64Array): number => data.loss(x, gradient)
  const target = minimize(whole, new Float64Array(data.n)).f + 0.01
  const rates = { fixed: [0.3, 0.56, 1, 1.8, 3.2, 5.6], adagrad: [0.18, 0.3, 0.56, 1] }

  /** Of all rates the one with the least median time of three runs. */
  function best(name: DownpourRule['name'], replicas: number) {
    let [time, rate] = [300, Number.NaN]
    for (const learningRate of rates[name]) {
      const plan = { data, replicas, rule: { name, learningRate }, target, maxTime: time }
      const times = [1, 2, 3].map((seed) => simulateDownpour({ ...plan, seed }))
      const median = times.sort((a, b) => a - b)[1]
      if (median < time) [time, rate] = [median, learningRate]
    }
    return { time, rate }
  }

  it('Adagrad beats a fixed rate with 1, 4 and 16 replicas, and 16 replicas beat 1 at least fourfold', () => {
    const [fixed, adagrad] = (['fixed', 'adagrad'] as const).map((name) =>
      [1, 4, 16].map((replicas) => best(name, replicas)),
    )
    console.info('replicas 1, 4, 16:', { fixed, adagrad })
    for (const i of [0, 1, 2]) expect(adagrad[i].time).toBeLessThan(fixed[i].time)
    for (const [one, , sixteen] of [fixed, adagrad]) expect(4 * sixteen.time).toBeLessThanOrEqual(one.time)
    // Staleness asks for a lower fixed rate; Adagrad finds its own.
    expect(fixed[2].rate).toBeLessThan(fixed[0].rate / 2)
  })
})
