import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expand, type RunDocument, type RunEvent } from '@thalweg/document'
import { decodeSafetensors } from '@thalweg/nn'
import { afterAll, describe, expect, it } from 'vitest'
import { sharesInputs } from './batch-share.ts'
import { loadModel, ModelFileError, prepareTraining } from './index.ts'

function runDocument(run: Record<string, unknown>): RunDocument {
  const expansion = expand({ name: 'test', run: { epochs: 2, ...run } as never, seeds: [1] })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs[0].document
}

interface Options {
  readonly dataDirectory?: string
  readonly checkpoint?: Uint8Array
  readonly wantsCheckpoint?: () => boolean
  readonly teacher?: { readonly data: Uint8Array }
}

async function collect(document: RunDocument, options: Options = {}) {
  const training = await prepareTraining(document, { dataDirectory: undefined, ...options })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  return { training, events }
}

const metrics = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'metric')
const losses = (events: readonly RunEvent[]) =>
  metrics(events).map(({ values }) => values['train.loss'] ?? Number.NaN)
const checkpointsOf = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'checkpoint')

const glyphs = { name: 'glyphs', samplesPerClass: 12 }

/** Everything that a resumed run must go on with: masks, moves, running statistics, a rate that changes. */
const everything = {
  dataset: glyphs,
  model: {
    name: 'network',
    layers: [
      { name: 'conv2d', filters: 4, padding: 'same' },
      { name: 'batchNorm' },
      { name: 'relu' },
      { name: 'maxPool' },
      { name: 'residual', layers: [{ name: 'conv2d', filters: 4, padding: 1 }, { name: 'gelu' }] },
      { name: 'averagePool', size: 3 },
      { name: 'flatten' },
      { name: 'dense', units: 16 },
      { name: 'layerNorm' },
      { name: 'tanh' },
      { name: 'dropout', rate: 0.25 },
    ],
    init: { name: 'orthogonal' },
  },
  optimizer: { name: 'adam', learningRate: 0.01 },
  schedule: { name: 'stepDecay', factor: 0.5, every: 3 },
  augmentation: [{ name: 'flip' }, { name: 'shift', pixels: 2 }],
  l2: 1e-3,
  batchSize: 20,
}

describe.each([
  ['one thread', {}],
  ['two threads', { threads: 2 }],
  ['f64, replacement', { precision: 'f64', sampling: 'replacement' }],
])('a network with everything, %s', (_name, variant) => {
  const document = runDocument({ ...everything, ...variant })

  it('gives the same bits twice, and after a checkpoint at every step', { timeout: 60_000 }, async () => {
    const { events } = await collect(document, { wantsCheckpoint: () => true })
    const plain = events.filter((event) => event.type !== 'checkpoint')
    const again = await collect(document)
    expect(again.events).toEqual(plain)
    const checkpoints = checkpointsOf(events)
    expect(checkpoints.length).toBe(metrics(events).length - 1)
    for (const { step, data } of checkpoints) {
      const resumed = await collect(document, { checkpoint: data })
      expect(resumed.events).toEqual(
        plain
          .filter((event) => event.type !== 'epoch' || event.step > step)
          .filter((event) => event.step > step),
      )
    }
  })
})

describe('threads', () => {
  const run = {
    dataset: { name: 'spirals', samplesPerClass: 30 },
    model: { name: 'mlp', hidden: [8, 8] },
    optimizer: { name: 'momentum', learningRate: 0.1 },
    precision: 'f64',
    batchSize: 15,
    epochs: 3,
  }

  it.each([2, 3, 20])('%d give what one gives, up to rounding, and the same bits twice', async (threads) => {
    // With 20, some have no sample of a batch.
    const alone = await collect(runDocument(run))
    const [first, second] = [
      await collect(runDocument({ ...run, threads })),
      await collect(runDocument({ ...run, threads })),
    ]
    expect(second.events).toEqual(first.events)
    const expected = losses(alone.events)
    for (const [index, loss] of losses(first.events).entries()) {
      expect(Math.abs(loss - expected[index])).toBeLessThan(1e-12)
    }
  })

  it('give the same bits where batch normalisation has few samples, and count their statistics', async () => {
    const layers = [{ name: 'dense', units: 8 }, { name: 'batchNorm' }, { name: 'relu' }]
    for (const [threads, batchSize] of [
      [2, 3],
      [8, 8],
    ]) {
      const document = runDocument({
        dataset: glyphs,
        model: { name: 'network', layers },
        optimizer: { name: 'sgd' },
        threads,
        batchSize,
      })
      const first = await collect(document)
      for (let time = 0; time < 3; time++) expect((await collect(document)).events).toEqual(first.events)
      const { tensors } = decodeSafetensors(first.training.saveModel())
      expect(Array.from(tensors['batchNorm1.mean'].data).some((value) => value !== 0)).toBe(true)
    }
  })

  it('that have ended are not waited for', async () => {
    const training = await prepareTraining(runDocument({ ...run, threads: 2 }), { dataDirectory: undefined })
    await training.close()
    await expect(training.events().next()).rejects.toThrow('its threads have ended')
  })

  it.each(['muon', 'lamb', 'adafactor'])(
    'share the gradient of %s, whose update is one thread’s',
    async (name) => {
      const [alone, together] = [
        await collect(runDocument({ ...run, optimizer: { name } })),
        await collect(runDocument({ ...run, optimizer: { name }, threads: 2 })),
      ]
      const expected = losses(alone.events)
      for (const [index, loss] of losses(together.events).entries()) {
        expect(Math.abs(loss - expected[index])).toBeLessThan(1e-9)
      }
    },
  )
})

describe('threads that share the inputs of the first layer', () => {
  const wide = {
    dataset: glyphs,
    model: { name: 'mlp', hidden: [240, 16] },
    optimizer: { name: 'adam', learningRate: 1e-3 },
    precision: 'f64',
    l2: 1e-3,
    batchSize: 20,
  }
  it.each([2, 3])('%d do so', (threads) => {
    expect(sharesInputs({ firstDense: { inputs: 144, units: 240 } }, [20], threads)).toBe(true)
    expect(sharesInputs({ firstDense: { inputs: 144, units: 240 } }, [28, 8], threads)).toBe(true)
  })

  const seriesOf = (events: readonly RunEvent[]) =>
    metrics(events).map(({ values }) => [values['train.loss'], values.gradientNorm] as const)

  it.each([
    [2, {}],
    [3, { l2: 0 }],
    // The first layer in tensors of its own; the last batch of an epoch is smaller.
    [2, { optimizer: { name: 'lamb' }, batchSize: 28 }],
    [3, { optimizer: { name: 'lbfgs' }, model: { name: 'mlp', hidden: [240], activation: 'tanh' } }],
  ])('%d give what one gives, up to rounding, and the same bits twice: %j', async (threads, variant) => {
    const alone = await collect(runDocument({ ...wide, ...variant }))
    const document = runDocument({ ...wide, ...variant, threads })
    const [first, second] = [await collect(document), await collect(document)]
    expect(second.events).toEqual(first.events)
    const expected = seriesOf(alone.events)
    expect(first.events.length).toBe(alone.events.length)
    for (const [index, [loss = Number.NaN, norm = Number.NaN]] of seriesOf(first.events).entries()) {
      const [expectedLoss = Number.NaN, expectedNorm = Number.NaN] = expected[index]
      expect(Math.abs(loss - expectedLoss)).toBeLessThan(1e-9)
      expect(Math.abs(norm - expectedNorm)).toBeLessThan(1e-9)
    }
  })

  it('go on with the same bits after a checkpoint', async () => {
    const document = runDocument({ ...wide, precision: 'f32', threads: 2 })
    const { events } = await collect(document, { wantsCheckpoint: () => true })
    for (const { step, data } of checkpointsOf(events)) {
      const resumed = await collect(document, { checkpoint: data })
      const rest = events.filter((event) => event.type !== 'checkpoint' && event.step > step)
      expect(resumed.events).toEqual(rest)
    }
  })
})

describe('runs at the same time', () => {
  it('give the bits of one alone: four, each with threads of its own', { timeout: 60_000 }, async () => {
    const document = runDocument({ ...everything, threads: 2 })
    const alone = await collect(document)
    const together = await Promise.all(Array.from({ length: 4 }, () => collect(document)))
    for (const { events, training } of together) {
      expect(events).toEqual(alone.events)
      expect(training.saveModel()).toEqual(alone.training.saveModel())
    }
  })
})

describe('ends', () => {
  it('early, when the metric has not improved for as many measurements', async () => {
    const { events } = await collect(
      runDocument({
        dataset: { name: 'blobs', samplesPerClass: 20 },
        optimizer: { name: 'sgd', learningRate: 1e-9 },
        earlyStopping: { metric: 'validation.loss', patience: 2, minimumChange: 0.1 },
        epochs: 50,
      }),
    )
    // The first measurement, after the first step, is the best; two more follow at the ends of epochs.
    const last = events.at(-1)
    expect(last).toMatchObject({ type: 'done', outcome: 'succeeded', stoppedEarly: true })
    expect(events.filter((event) => event.type === 'epoch').length).toBe(2)
  })

  it('with the step that reached the target, once', async () => {
    const document = runDocument({
      dataset: { name: 'blobs', samplesPerClass: 40, spread: 0.5 },
      optimizer: { name: 'adam', learningRate: 0.05 },
      target: { metric: 'train.accuracy', atLeast: 0.9 },
      epochs: 20,
    })
    const { events } = await collect(document)
    const reached = events.filter((event) => event.type === 'target')
    expect(reached.length).toBe(1)
    const at = metrics(events).find(({ values }) => (values['train.accuracy'] ?? 0) >= 0.9)
    expect(reached[0].step).toBe(at?.step)
    expect(events.at(-1)).toMatchObject({ targetStep: at?.step })
  })
})

it('records the norms of tensors, of their gradients and updates when asked', async () => {
  const document = runDocument({
    dataset: { name: 'blobs', samplesPerClass: 20 },
    model: { name: 'mlp', hidden: [] },
    optimizer: { name: 'sgd', learningRate: 0.5 },
    precision: 'f64',
    tensorStatistics: { every: 2 },
  })
  const { events } = await collect(document)
  for (const { step, values } of metrics(events)) {
    const update = values['dense1.weight.updateNorm']
    expect(update === undefined).toBe(step % 2 !== 0)
    if (update === undefined) continue
    const [weight, bias] = [
      values['dense1.weight.gradientNorm'] ?? 0,
      values['dense1.bias.gradientNorm'] ?? 0,
    ]
    expect(update).toBeCloseTo(0.5 * weight, 12)
    expect(Math.hypot(weight, bias)).toBeCloseTo(values.gradientNorm ?? 0, 12)
  }
})

describe('a saved model', () => {
  it('is loaded to the same numbers, and says what the run measured', async () => {
    const document = runDocument({ ...everything, epochs: 3 })
    const { training, events } = await collect(document)
    const bytes = training.saveModel()
    const model = loadModel(bytes)
    expect(model.document).toEqual(document)
    expect(model.input).toEqual([12, 12, 1])
    const { tensors, metadata } = decodeSafetensors(bytes)
    expect(Object.keys(tensors)).toContain('batchNorm1.variance')
    expect(JSON.parse(metadata.data).classes).toBe(10)
    const probabilities = model.predict(new Float32Array(2 * 144).fill(0.5))
    expect(probabilities.length).toBe(20)
    expect(probabilities.slice(0, 10)).toEqual(probabilities.slice(10))
    expect(Array.from(probabilities.slice(0, 10)).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
    expect(events.at(-1)).toMatchObject({ outcome: 'succeeded' })
  })

  it('is refused where it is another’s', async () => {
    const { training } = await collect(
      runDocument({ dataset: { name: 'blobs', samplesPerClass: 20 }, optimizer: { name: 'sgd' } }),
    )
    const bytes = training.saveModel()
    const text = Buffer.from(bytes).toString('latin1')
    const swapped = Uint8Array.from(Buffer.from(text.replace('dense1.bias', 'dense9.bias'), 'latin1'))
    expect(() => loadModel(swapped)).toThrow(ModelFileError)
    expect(() => loadModel(bytes).predict(new Float32Array(3))).toThrow('multiple of 2 numbers, got 3')
  })
})

describe.runIf(process.env.THALWEG_DATA)('a data set that stays in its files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'thalweg-streaming-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('trains to the same bits as in memory', async () => {
    mkdirSync(join(directory, 'mnist'))
    for (const name of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']) {
      const zipped = readFileSync(join(process.env.THALWEG_DATA ?? '', 'mnist', `${name}.gz`))
      writeFileSync(join(directory, 'mnist', name), gunzipSync(zipped))
    }
    const files = { train: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'] }
    const dataset = { name: 'mnist', files, train: 600, validation: 100, preprocess: ['standardize'] }
    const model = { name: 'network', layers: [{ name: 'conv2d', filters: 2, stride: 2 }, { name: 'relu' }] }
    const run = {
      model,
      optimizer: { name: 'adam' },
      augmentation: [{ name: 'shift', pixels: 1 }],
      batchSize: 70,
    }
    const [inMemory, streamed] = await Promise.all(
      [false, true].map((streaming) =>
        collect(runDocument({ ...run, dataset: { ...dataset, streaming } }), { dataDirectory: directory }),
      ),
    )
    expect(streamed.events).toEqual(inMemory.events)
    expect(streamed.training.saveModel().length).toBeGreaterThan(0)

    const teacher = { data: inMemory.training.saveModel() }
    const distill = { temperature: 4, hardWeight: 0.3 }
    const students = await Promise.all(
      [false, true].map((streaming) => {
        const document = runDocument({ ...run, dataset: { ...dataset, streaming } })
        return collect({ ...document, distill }, { dataDirectory: directory, teacher })
      }),
    )
    expect(students[1].events).toEqual(students[0].events)
    expect(losses(students[0].events)).not.toEqual(losses(inMemory.events))
  })
})
