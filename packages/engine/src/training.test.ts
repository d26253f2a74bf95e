import { expand, type RunDocument, type RunEvent } from '@thalweg/document'
import { describe, expect, it } from 'vitest'
import { CheckpointError, prepareTraining } from './index.ts'

function runDocument(run: Record<string, unknown>, seed = 1): RunDocument {
  const expansion = expand({
    name: 'test',
    run: { dataset: { name: 'spirals', samplesPerClass: 40 }, optimizer: { name: 'adam' }, ...run } as never,
    seeds: [seed],
  })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs[0].document
}

async function collect(document: RunDocument, checkpoint?: Uint8Array, wantsCheckpoint?: () => boolean) {
  const training = await prepareTraining(document, {
    dataDirectory: process.env.THALWEG_DATA,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(wantsCheckpoint === undefined ? {} : { wantsCheckpoint }),
  })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  return { training, events }
}

const metrics = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'metric')
const last = (events: readonly RunEvent[]) => events[events.length - 1]

describe('training', () => {
  it('learns the spirals', async () => {
    const document = runDocument({ epochs: 60, optimizer: { name: 'adam', learningRate: 0.01 } })
    const { training, events } = await collect(document)
    // 120 samples, 24 held out: 96 in batches of 32.
    expect(training.totalSteps).toBe(180)
    expect(training.parameterCount).toBe(2 * 100 + 100 + 100 * 3 + 3)
    expect(last(events)).toEqual({ type: 'done', outcome: 'succeeded', step: 180 })
    const final = metrics(events).at(-1)?.values ?? {}
    expect(final['train.accuracy']).toBeGreaterThan(0.95)
    expect(final['validation.accuracy']).toBeGreaterThan(0.9)
  })

  it('reports in order: metrics of every step, epochs at their end, done last', async () => {
    const { events } = await collect(runDocument({ epochs: 2, batchSize: 40 }))
    const outline = events.map((event) =>
      event.type === 'epoch' ? `epoch ${event.epoch}` : `${event.type} ${event.step}`,
    )
    // 96 samples in batches of 40: three steps an epoch, the last of 16 samples.
    expect(outline).toEqual([
      ...['metric 1', 'metric 2', 'metric 3', 'epoch 1'],
      ...['metric 4', 'metric 5', 'metric 6', 'epoch 2', 'done 6'],
    ])
    const keys = metrics(events).map((event) => Object.keys(event.values).sort())
    const everyStep = ['gradientNorm', 'train.loss']
    const measured = ['passes', 'train.accuracy', 'validation.accuracy', 'validation.loss']
    expect(keys[0]).toEqual([...everyStep, ...measured, 'learningRate'].sort())
    expect(keys[1]).toEqual(everyStep)
    expect(keys[2]).toEqual([...everyStep, ...measured].sort())
  })

  it('gives the same bits for the same document, others for another seed', async () => {
    const first = await collect(runDocument({ epochs: 3 }))
    const second = await collect(runDocument({ epochs: 3 }))
    const other = await collect(runDocument({ epochs: 3 }, 2))
    expect(second.events).toEqual(first.events)
    expect(other.events).not.toEqual(first.events)
  })

  it('follows the schedule and records its changes', async () => {
    const schedule = { name: 'stepDecay', factor: 0.5, every: 2 }
    const { events } = await collect(
      runDocument({ epochs: 2, schedule, optimizer: { name: 'sgd', learningRate: 0.4 } }),
    )
    const rates = metrics(events).flatMap(({ step, values }) => {
      return values.learningRate === undefined ? [] : [[step, values.learningRate]]
    })
    // The rate of step k + 1 is that after k completed updates.
    expect(rates).toEqual([
      [1, 0.4],
      [3, 0.2],
      [5, 0.1],
    ])
  })

  it('lets any hyper-parameter follow a schedule', async () => {
    // The rate is the number that a schedule of its own gives, beside a constant learning rate of 1.
    const rule = { name: 'rule', rule: 'w -= lr * factor * g', hyperparameters: { lr: 1, factor: 0.4 } }
    const decay = { name: 'stepDecay', factor: 0.5, every: 2 }
    const scheduled = await collect(runDocument({ epochs: 2, optimizer: rule, schedules: { factor: decay } }))
    const plain = { name: 'rule', rule: 'w -= lr * factor * g', hyperparameters: { lr: 0.4, factor: 1 } }
    const usual = await collect(runDocument({ epochs: 2, optimizer: plain, schedule: decay }))
    const losses = (events: readonly RunEvent[]) => metrics(events).map(({ values }) => values['train.loss'])
    expect(losses(scheduled.events)).toEqual(losses(usual.events))
    expect(metrics(scheduled.events).flatMap(({ values }) => values.learningRate ?? [])).toEqual([1])
  })

  it('fails clearly where a schedule leaves its range after the steps that a document is checked at', async () => {
    const low = { name: 'constant', initial: 0.5 }
    const out = {
      name: 'join',
      boundaries: [100, 101],
      schedules: [low, { name: 'constant', initial: 1 }, low],
    }
    const document = runDocument({
      epochs: 50,
      optimizer: { name: 'momentum' },
      schedules: { momentum: out },
    })
    await expect(collect(document)).rejects.toThrow('momentum must be in [0, 1), got 1')
  })

  it('ends a run whose loss is not finite as diverged, its curve kept', async () => {
    const optimizer = { name: 'rule', rule: 'w -= where(t < 5, 0.01, 1e30) * g' }
    const { events } = await collect(runDocument({ optimizer, epochs: 50 }))
    const done = last(events)
    const curve = metrics(events)
    expect(done).toMatchObject({ type: 'done', outcome: 'diverged', step: 6 })
    expect(curve.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
    expect(curve.map(({ values }) => Number.isFinite(values['train.loss']))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('is diverged too when only the last update broke the weights, and has not reached its target', async () => {
    const target = { metric: 'validation.accuracy', atLeast: 0 }
    const optimizer = { name: 'sgd', learningRate: 1e30 }
    const { events } = await collect(runDocument({ optimizer, epochs: 1, batchSize: 1000, target }))
    expect(events.map(({ type }) => type)).toEqual(['metric', 'done'])
    expect(last(events)).toEqual({ type: 'done', outcome: 'diverged', step: 1 })
    expect(metrics(events)[0].values['validation.loss']).toBeNaN()
  })

  it('that does not fit in memory is refused with the sizes', async () => {
    const model = { name: 'mlp', hidden: [65_536, 65_536] }
    await expect(collect(runDocument({ model }))).rejects.toThrow(
      /^the run needs 64\.\d GiB of memory for 4295426051 parameters, .*; at most 4\.0 GiB$/,
    )
  })

  it('can be iterated once', async () => {
    const training = await prepareTraining(runDocument({ epochs: 1 }), { dataDirectory: undefined })
    await training.events().next()
    await expect(training.events().next()).rejects.toThrow('events can be iterated once')
  })

  it('records the first step that reaches the target', async () => {
    const target = { metric: 'train.loss', atMost: 0.8 }
    const { events } = await collect(
      runDocument({ epochs: 30, target, optimizer: { name: 'adam', learningRate: 0.01 } }),
    )
    const first = metrics(events).find((event) => (event.values['train.loss'] ?? Infinity) <= 0.8)
    expect(last(events)).toMatchObject({ targetStep: first?.step })
    expect(first?.step).toBeGreaterThan(1)
  })

  it('measures train accuracy on a sample, with replacement, from a stream of its own', async () => {
    const whole = await collect(runDocument({ epochs: 2 }))
    const sampled = await collect(runDocument({ epochs: 2, evaluation: { trainSamples: 7 } }))
    const losses = (events: readonly RunEvent[]) => metrics(events).map((event) => event.values['train.loss'])
    expect(losses(sampled.events)).toEqual(losses(whole.events))
    const accuracy = metrics(sampled.events)[0].values['train.accuracy'] ?? Number.NaN
    expect(accuracy * 7).toBeCloseTo(Math.round(accuracy * 7), 12)
  })

  it('trains by a rule without a learning rate, and by one whose rate is below 0', async () => {
    for (const rule of ['w -= 0.1 * g', 'w += lr * g']) {
      const optimizer = { name: 'rule', rule, hyperparameters: rule.includes('lr') ? { lr: -0.1 } : {} }
      const { events } = await collect(runDocument({ optimizer, epochs: 1 }))
      expect(last(events)).toMatchObject({ outcome: 'succeeded' })
      expect(metrics(events)[0].values.learningRate).toBe(rule.includes('lr') ? -0.1 : undefined)
    }
  })
})

describe.each([
  [
    'adam, shuffle, uneven batches',
    { batchSize: 20, evaluation: { trainSamples: 9 }, target: { metric: 'train.loss', atMost: 1.05 } },
  ],
  [
    'nesterov, replacement, schedule',
    {
      optimizer: { name: 'nesterov', learningRate: 0.05 },
      sampling: 'replacement',
      schedule: { name: 'cosine', steps: 9 },
    },
  ],
  [
    'momentum, every hyper-parameter scheduled',
    {
      optimizer: { name: 'momentum', learningRate: 0.05 },
      schedule: { name: 'oneCycle', steps: 9 },
      schedules: { momentum: { name: 'oneCycleMomentum', steps: 9 } },
    },
  ],
  [
    'f64 rule with a number as state',
    {
      precision: 'f64',
      optimizer: {
        name: 'rule',
        rule: 'product = 1\nproduct = product * mu\nv = mu * v + g\nw -= lr * (1 - product) * v',
        hyperparameters: { lr: 0.05, mu: 0.9 },
      },
    },
  ],
] as const)('a checkpoint: %s', (_name, run) => {
  it('taken at any step, continues to the same bits', async () => {
    const document = runDocument({ epochs: 3, ...run })
    const { events } = await collect(document, undefined, () => true)
    const plain = events.filter((event) => event.type !== 'checkpoint')
    expect(await collect(document).then((result) => result.events)).toEqual(plain)
    for (const checkpoint of events.filter((event) => event.type === 'checkpoint')) {
      const rest = await collect(document, checkpoint.data)
      const position = plain.findIndex((event) => event.type !== 'epoch' && event.step > checkpoint.step)
      expect(rest.events).toEqual(plain.slice(position))
    }
  })

  it('is refused when damaged or of another run', async () => {
    const document = runDocument({ epochs: 1, ...run })
    const { events } = await collect(document, undefined, () => true)
    const checkpoint = events.find((event) => event.type === 'checkpoint')?.data ?? new Uint8Array()
    for (const length of [0, 11, 12, 44, 45, 100, checkpoint.length - 1]) {
      await expect(collect(document, checkpoint.slice(0, length))).rejects.toThrow(CheckpointError)
    }
    for (let place = 0; place < checkpoint.length; place += 97) {
      const flipped = checkpoint.slice()
      flipped[place] ^= 1
      await expect(collect(document, flipped), `byte ${place}`).rejects.toThrow(CheckpointError)
    }
    await expect(collect(document, new Uint8Array(40))).rejects.toMatchObject({ code: 'not-a-checkpoint' })
    await expect(collect({ ...document, seed: 9 }, checkpoint)).rejects.toMatchObject({ code: 'other-run' })
    const reordered = Object.fromEntries(Object.entries(document).reverse()) as RunDocument
    await expect(collect(reordered, checkpoint)).resolves.toBeDefined()
  })
})
