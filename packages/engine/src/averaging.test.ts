import { createMovingAverage, createStochasticWeightAverage, snapshotRate } from '@thalweg/ensembles'
import { describe, expect, it } from 'vitest'
import { loadModel } from './index.ts'
import { readRunData } from './run-data.ts'
import { createStreams } from './streams.ts'
import { artifactOf, runOf, seriesOf, timeless, trained } from './trained.suite.ts'

const decoder = {
  name: 'network',
  layers: [
    { name: 'dense', units: 6 },
    { name: 'batchNorm' },
    { name: 'relu' },
    { name: 'dropout', rate: 0.2 },
  ],
}

/** The weights after every step, flat by tensor: a checkpoint at each and a model from it. */
async function weightsOfSteps(run: Record<string, unknown>): Promise<Float32Array[]> {
  const { averaging: _, ...plain } = run
  const document = runOf(plain)
  const { training } = await trained(document)
  const steps = Array.from({ length: training.totalSteps }, (_, index) => index + 1)
  const flat = async (step: number) => {
    // A rule that stops moving after some steps leaves the weights of that step.
    const rule = `w -= where(t <= ${step}, 0.1, 0) * g`
    const { training: stopped } = await trained(runOf({ ...plain, optimizer: { name: 'rule', rule } }))
    return Float32Array.from(
      Object.values(loadModel(stopped.saveModel()).tensors).flatMap((tensor) => [...tensor]),
    )
  }
  return Promise.all(steps.map(flat))
}

describe('averaged weights', () => {
  const run = {
    optimizer: { name: 'rule', rule: 'w -= where(t <= 1000, 0.1, 0) * g' },
    epochs: 3,
    batchSize: 30,
  }

  it.each([
    ['ema', { name: 'ema', decay: 0.8 }],
    ['swa', { name: 'swa', startEpoch: 1, every: 2 }],
  ])('%s are the mean of the weights of the steps', async (_name, averaging) => {
    const steps = await weightsOfSteps(run)
    // 96 samples in batches of 30: four steps an epoch. The first of SWA is two steps after the first epoch: 6, 8, 10, 12.
    expect(steps).toHaveLength(12)
    const mean =
      averaging.name === 'ema'
        ? createMovingAverage(steps[0], { decay: 0.8 })
        : createStochasticWeightAverage(steps[0], { start: 6, every: 2 })
    for (const weights of steps) mean.update(weights)
    const result = await trained(runOf({ ...run, averaging }))
    const averaged = loadModel(artifactOf(result, 'averaged.safetensors'))
    expect(Float32Array.from(Object.values(averaged.tensors).flatMap((tensor) => [...tensor]))).toEqual(
      mean.average(),
    )
    const data = await readRunData(runOf(run), undefined, createStreams(1))
    const { validation } = data
    const p = averaged.predict(validation.features ?? new Float32Array())
    const loss = validation.labels.reduce((sum, label, row) => sum - Math.log(p[3 * row + label]), 0)
    expect(seriesOf(result.events, 'averaged.validation.loss').at(-1)).toBeCloseTo(
      loss / validation.samples,
      5,
    )
    // The last weights are those of the same run without a mean.
    const { averaging: _, ...rest } = { averaging, ...run }
    const plain = await trained(runOf(rest))
    expect(seriesOf(plain.events, 'train.loss')).toEqual(seriesOf(result.events, 'train.loss'))
    expect(seriesOf(plain.events, 'validation.loss')).toEqual(seriesOf(result.events, 'validation.loss'))
  })

  it('are not measured before there are any', async () => {
    const { events } = await trained(runOf({ ...run, averaging: { name: 'swa', startEpoch: 2, every: 2 } }))
    expect(seriesOf(events, 'validation.loss')).toHaveLength(4)
    expect(seriesOf(events, 'averaged.validation.loss')).toHaveLength(1)
  })

  it('have statistics of batch normalisation of their own: the mean over the training batches', async () => {
    const document = runOf({
      model: decoder,
      precision: 'f64',
      batchSize: 40,
      averaging: { name: 'ema', decay: 0.9 },
    })
    const result = await trained(document)
    const { tensors } = loadModel(artifactOf(result, 'averaged.safetensors'))
    const { train } = await readRunData(document, undefined, createStreams(1))
    const { features = new Float32Array(), samples } = train
    const [weight, bias] = [tensors['dense1.weight'], tensors['dense1.bias']]
    const means = new Float64Array(6)
    const variances = new Float64Array(6)
    const starts = [0, 40, 80]
    for (const start of starts) {
      const rows = Math.min(40, samples - start)
      for (let unit = 0; unit < 6; unit++) {
        const values = Array.from({ length: rows }, (_, row) => {
          const at = 2 * (start + row)
          return features[at] * weight[unit] + features[at + 1] * weight[6 + unit] + bias[unit]
        })
        const mean = values.reduce((sum, value) => sum + value, 0) / rows
        means[unit] += mean / starts.length
        variances[unit] +=
          values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1) / starts.length
      }
    }
    means.forEach((mean, unit) => {
      expect(tensors['batchNorm1.mean'][unit]).toBeCloseTo(mean, 11)
    })
    variances.forEach((variance, unit) => {
      expect(tensors['batchNorm1.variance'][unit]).toBeCloseTo(variance, 11)
    })
    const own = loadModel(result.training.saveModel()).tensors['batchNorm1.mean']
    expect([...own]).not.toEqual([...tensors['batchNorm1.mean']])
  })
})

describe('snapshots', () => {
  it('follow the cyclic cosine and are the weights at the ends of its cycles', async () => {
    const { training, events } = await trained(runOf({ epochs: 5, batchSize: 30, snapshots: { cycles: 3 } }))
    // 20 steps, cycles of 7, 7 and 6.
    const rate = snapshotRate({ initial: 0.02, steps: 20, cycles: 3 })
    expect(seriesOf(events, 'learningRate')).toEqual(Array.from({ length: 20 }, (_, step) => rate(step)))
    const names = training.artifacts().map(({ name }) => name)
    expect(names).toEqual(
      ['model', 'snapshot1', 'snapshot2', 'snapshot3'].map((name) => `${name}.safetensors`),
    )
    const model = artifactOf({ training }, 'model.safetensors')
    expect(artifactOf({ training }, 'snapshot3.safetensors')).toEqual(model)
    // The first two cycles alone end where the second snapshot was taken: 14 steps of a rate that the rule spells out.
    expect(artifactOf({ training }, 'snapshot2.safetensors')).not.toEqual(model)
    const rule =
      'm = 0\nv = 0\nm = 0.9 * m + 0.1 * g\nv = 0.999 * v + 0.001 * g**2\nw += -lr * where(t <= 14, 1, 0) * (m / (1 - 0.9**t)) / (sqrt(v / (1 - 0.999**t)) + 1e-8)'
    const optimizer = { name: 'rule', rule, hyperparameters: { lr: 0.02 } }
    const stopped = await trained(runOf({ epochs: 5, batchSize: 30, snapshots: { cycles: 3 }, optimizer }))
    const [ours, theirs] = [artifactOf({ training }, 'snapshot2.safetensors'), stopped.training.saveModel()]
    for (const [name, tensor] of Object.entries(loadModel(ours).tensors)) {
      tensor.forEach((value, at) => {
        expect(loadModel(theirs).tensors[name][at]).toBeCloseTo(value, 4)
      })
    }
  })

  it('more than there are steps are refused', async () => {
    await expect(trained(runOf({ epochs: 1, batchSize: 1000, snapshots: { cycles: 2 } }))).rejects.toThrow(
      'cycles',
    )
  })
})

it.each([
  ['ema', { averaging: { name: 'ema', decay: 0.9 } }],
  [
    'swa, snapshots, statistics, two threads',
    {
      averaging: { name: 'swa', startEpoch: 1, every: 2 },
      snapshots: { cycles: 3 },
      model: decoder,
      threads: 2,
    },
  ],
  [
    'f64, both',
    { averaging: { name: 'ema', decay: 0.99 }, snapshots: { cycles: 2 }, precision: 'f64', model: decoder },
  ],
  [
    'schedule-free, whose evaluated weights are others',
    { averaging: { name: 'ema', decay: 0.5 }, optimizer: { name: 'scheduleFreeSgd', learningRate: 0.5 } },
  ],
])('goes on from every step to the same bits: %s', { timeout: 60_000 }, async (_name, variant) => {
  const document = runOf({ ...variant, evaluation: { scores: true } })
  const whole = await trained(document, { wantsCheckpoint: () => true })
  const plain = timeless(whole.events.filter(({ type }) => type !== 'checkpoint'))
  const files = whole.training.artifacts()
  expect(files.length).toBeGreaterThan(2)
  const checkpoints = whole.events.filter((event) => event.type === 'checkpoint')
  expect(checkpoints).toHaveLength(whole.training.totalSteps - 1)
  for (const checkpoint of checkpoints) {
    const resumed = await trained(document, { checkpoint: checkpoint.data })
    const position = plain.findIndex((event) => event.type !== 'epoch' && event.step > checkpoint.step)
    expect(timeless(resumed.events)).toEqual(plain.slice(position))
    expect(resumed.training.artifacts()).toEqual(files)
  }
})

it('a run whose weights overflow still ends as diverged, with a mean beside it', async () => {
  const optimizer = { name: 'rule', rule: 'w -= where(t < 3, 0.01, 1e39) * g' }
  const { events } = await trained(
    runOf({ optimizer, averaging: { name: 'ema', decay: 0.9 }, batchSize: 10 }),
  )
  expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'diverged' })
})
