import type { RunDocument } from '@thalweg/document'
import {
  accuracy,
  brier,
  combine,
  expectedCalibrationError,
  greedySelection,
  negativeLogLikelihood,
  softmax,
} from '@thalweg/ensembles'
import { beforeAll, describe, expect, it } from 'vitest'
import { combineMembers, type EnsembleInput, loadModel, loadPredictor } from './index.ts'
import { readRawData } from './run-data.ts'
import { artifactOf, runOf, trained } from './trained.suite.ts'

const run = {
  dataset: { name: 'blobs', samplesPerClass: 60, spread: 3, seed: 7, preprocess: ['standardize'] },
}
const environment = { dataDirectory: undefined }

async function member(document: RunDocument, name: string): Promise<EnsembleInput> {
  const { training } = await trained(document)
  return { name, state: 'succeeded', document, models: training.artifacts() }
}

const ensembleOf = (ensemble: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  runOf({ ...run, ...more, ensemble: { combine: 'probabilities', select: { name: 'all' }, ...ensemble } })

const failed = (name: string, document: RunDocument): EnsembleInput => ({
  ...{ name, state: 'failed', message: 'diverged at step 3', document, models: [] },
})

describe('combining members', () => {
  let members: EnsembleInput[] = []
  let validation: { features: Float32Array; labels: Int32Array } = {
    features: new Float32Array(),
    labels: new Int32Array(),
  }
  beforeAll(async () => {
    members = await Promise.all([1, 2, 3, 4].map((seed) => member(runOf({ ...run, seed }), `seed ${seed}`)))
    const raw = await readRawData(runOf(run), undefined)
    validation = { features: raw.validation.features ?? new Float32Array(), labels: raw.validation.labels }
  })
  const tables = () => members.map(({ models }) => loadPredictor(models[0].data).predict(validation.features))

  it.each([
    ['probabilities', 'meanProbabilities'],
    ['logProbabilities', 'meanLogProbabilities'],
    ['vote', 'majorityVote'],
    ['rank', 'meanRank'],
  ] as const)('%s is that of the package on the members’ probabilities', async (how, name) => {
    const { values, artifacts, report, message } = await combineMembers(
      ensembleOf({ combine: how }),
      members,
      environment,
    )
    const { predictions } = combine(tables(), { how: name, classes: 3 })
    const { labels } = validation
    expect(values).toEqual({
      'validation.loss': negativeLogLikelihood(predictions, labels, 3),
      'validation.accuracy': accuracy(predictions, labels, 3),
      'validation.brier': brier(predictions, labels, 3),
      'validation.calibrationError': expectedCalibrationError(predictions, labels, 3).error,
    })
    expect(message).toBeUndefined()
    expect(loadPredictor(artifacts[0].data).predict(validation.features)).toEqual(predictions)
    expect(report.members.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(report.members[2].scores.validation?.loss).toBe(negativeLogLikelihood(tables()[2], labels, 3))
    const mean = tables().reduce((sum, table) => sum + negativeLogLikelihood(table, labels, 3), 0) / 4
    expect(report.meanMember.scores.validation?.loss).toBeCloseTo(mean, 14)
    if (how === 'probabilities') expect(values['validation.loss']).toBeLessThanOrEqual(mean)
  })

  it('says infinite scores as text where JSON has no number', async () => {
    const dataset = { ...run.dataset, spread: 8 }
    const { values, artifacts } = await combineMembers(
      ensembleOf({ combine: 'vote' }, { dataset }),
      members,
      environment,
    )
    expect(values['validation.loss']).toBe(Infinity)
    const report = JSON.parse(new TextDecoder().decode(artifacts[1].data))
    expect(report.ensemble.scores.validation.loss).toBe('Infinity')
  })

  it('gives the same bits twice, but for times', async () => {
    const select = { name: 'greedy', bags: 4 }
    const timeless = async () => {
      const {
        artifacts,
        predictionTimeMs: _,
        ...rest
      } = await combineMembers(ensembleOf({ select }), members, environment)
      const clean = JSON.stringify(rest, (key, value) => (key === 'predictionTimeMs' ? 0 : value))
      return { clean, model: artifacts[0].data }
    }
    expect(await timeless()).toEqual(await timeless())
  })

  it('selects greedily on the validation part, and leaves members without weight out of the file', async () => {
    const select = { name: 'greedy', bags: 3, seed: 5 }
    const { report, artifacts } = await combineMembers(ensembleOf({ select }), members, environment)
    const expected = greedySelection(tables(), validation.labels, { classes: 3, bags: 3, seed: 5 })
    expect(report.members.map(({ weight }) => weight)).toEqual([...expected.weights])
    expect(report.ensemble.scores.validation?.loss).toBeCloseTo(expected.value, 12)
    const used = [...expected.weights].filter((weight) => weight > 0).length
    const text = Buffer.from(artifacts[0].data).toString('latin1')
    expect(text.includes(`member${used - 1}.dense1.bias`)).toBe(true)
    expect(text.includes(`member${used}.dense1.bias`)).toBe(false)
  })

  it.each(['validation.loss', 'validation.accuracy'] as const)('takes the best by %s', async (metric) => {
    const { report } = await combineMembers(ensembleOf({ count: 2, metric }), members, environment)
    const losses = tables().map((table) =>
      metric === 'validation.loss'
        ? negativeLogLikelihood(table, validation.labels, 3)
        : -accuracy(table, validation.labels, 3),
    )
    const second = losses.toSorted((a, b) => a - b)[1]
    expect(report.members).toHaveLength(2)
    for (const { input } of report.members) expect(losses[input]).toBeLessThanOrEqual(second)
    expect(report.members.map(({ weight }) => weight)).toEqual([0.5, 0.5])
  })

  it('goes on without members that failed where that is allowed, and says so; else fails with who and why', async () => {
    const inputs = [members[0], failed('seed 9', runOf(run)), members[1]]
    const { report, message } = await combineMembers(ensembleOf({ minMembers: 2 }), inputs, environment)
    expect(message).toBe('without seed 9 (failed: diverged at step 3)')
    expect(report.leftOut).toEqual([{ input: 1, name: 'seed 9', why: 'failed: diverged at step 3' }])
    expect(report.members.map(({ input, name }) => [input, name])).toEqual([
      [0, 'seed 1'],
      [2, 'seed 2'],
    ])
    await expect(combineMembers(ensembleOf(), inputs, environment)).rejects.toThrow(
      'ensemble: needs 3 members, and there are 2; left out: seed 9 (failed: diverged at step 3)',
    )
    const none = [failed('seed 1', runOf(run)), { ...members[0], models: [] }]
    await expect(combineMembers(ensembleOf({ minMembers: 1 }), none, environment)).rejects.toThrow(
      'needs 1 member, and there are 0; left out: seed 1 (failed: diverged at step 3); seed 1 (it left no model)',
    )
  })

  it('averages weights of one start without a word, and warns where starts differ', async () => {
    const [one, other] = await Promise.all(
      [0.02, 0.01].map((learningRate) =>
        member(runOf({ ...run, optimizer: { name: 'adam', learningRate } }), `rate ${learningRate}`),
      ),
    )
    const kind = await combineMembers(ensembleOf({ combine: 'weights' }), [one, other], environment)
    expect(kind.message).toBeUndefined()
    const [a, b, mean] = [one.models[0].data, other.models[0].data, kind.artifacts[0].data].map((data) =>
      loadModel(data),
    )
    for (const [name, tensor] of Object.entries(mean.tensors)) {
      tensor.forEach((value, at) => {
        expect(value).toBe(
          Math.fround(a.tensors[name][at] + 0.5 * (b.tensors[name][at] - a.tensors[name][at])),
        )
      })
    }
    expect(kind.values['validation.loss']).toBe(
      negativeLogLikelihood(
        loadPredictor(kind.artifacts[0].data).predict(validation.features),
        validation.labels,
        3,
      ),
    )
    const warned = await combineMembers(ensembleOf({ combine: 'weights' }), members, environment)
    expect(warned.message).toMatch(
      /^the mean of the weights is not to be trusted: member 'seed 1' started at 'seed 1, start /,
    )
    expect(warned.values['validation.loss']).toBeGreaterThan(
      Number(warned.report.meanMember.scores.validation?.loss),
    )
  })

  it('a greedy soup is never below its best member on validation', async () => {
    const { report, message } = await combineMembers(
      ensembleOf({ combine: 'greedyWeights' }),
      members,
      environment,
    )
    const losses = report.members.map(({ scores }) => Number(scores.validation?.loss))
    expect(report.ensemble.scores.validation?.loss).toBeLessThanOrEqual(Math.min(...losses))
    const chosen = report.members.filter(({ weight }) => weight > 0).length
    expect(message === undefined).toBe(chosen === 1)
  })

  it('refuses what only validation samples can decide where there are none, and members that do not fit', async () => {
    const none = { dataset: { ...run.dataset, validation: 0 } }
    for (const [wish, words] of [
      [{ select: { name: 'greedy' } }, 'greedy selection'],
      [{ count: 2 }, 'the best members'],
      [{ combine: 'greedyWeights' }, 'a greedy soup'],
    ] as const) {
      await expect(combineMembers(ensembleOf(wish, none), members, environment)).rejects.toThrow(
        `ensemble: ${words} needs validation samples`,
      )
    }
    const four = { dataset: { ...run.dataset, classes: 4 } }
    await expect(combineMembers(ensembleOf({}, four), members, environment)).rejects.toThrow(
      'seed 1 must have 2 features and 4 classes, as the data, got 2 features and 3 classes',
    )
    const wide = await member(runOf({ ...run, model: { name: 'mlp', hidden: [9] } }), 'wide')
    await expect(
      combineMembers(ensembleOf({ combine: 'weights' }), [members[0], wide], environment),
    ).rejects.toThrow("member 'wide': tensor 'dense1.weight' must have length 16, got 18")
  })

  it('an ensemble’s file is refused when it is damaged', async () => {
    const { artifacts } = await combineMembers(ensembleOf(), members, environment)
    const text = Buffer.from(artifacts[0].data).toString('latin1')
    const changed = (from: string, to: string) =>
      Uint8Array.from(Buffer.from(text.replace(from, to), 'latin1'))
    expect(() => loadPredictor(changed('member1.dense1.bias', 'member1.dense9.bias'))).toThrow('dense1.bias')
    expect(() => loadPredictor(changed('member1.dense1.bias', 'member7.dense1.bias'))).toThrow(
      'has no member7',
    )
    expect(() => loadPredictor(changed('probabilities', 'probabilitiez'))).toThrow('/combine')
    expect(() => loadPredictor(artifacts[0].data.slice(0, -4))).toThrow('safetensors')
  })
})

it('snapshots are members of an ensemble', async () => {
  const document = runOf({ ...run, snapshots: { cycles: 3 }, epochs: 6 })
  const input = await member(document, 'seed 1')
  const { report } = await combineMembers(ensembleOf(), [input], environment)
  expect(report.members.map(({ name, model }) => [name, model])).toEqual(
    [1, 2, 3].map((cycle) => [`seed 1, snapshot${cycle}`, `snapshot${cycle}.safetensors`]),
  )
})

it('folds are members with statistics of their own, which the ensemble keeps', async () => {
  const count = 3
  const inputs = await Promise.all(
    [0, 1, 2].map((index) =>
      member(runOf({ dataset: { ...run.dataset, fold: { index, count } } }), `fold ${index}`),
    ),
  )
  const means = inputs.map(
    ({ models }) => JSON.parse(JSON.stringify(loadModel(models[0].data).preprocessing))[0].offset,
  )
  expect(new Set(means.map(String)).size).toBe(3)
  const { artifacts } = await combineMembers(ensembleOf(), inputs, environment)
  const samples = new Float32Array([0.5, -1, 3, 2])
  const expected = inputs.map(({ models }) => {
    const { preprocessing = [], predict } = loadModel(models[0].data)
    const scaled = samples.map((value, at) =>
      preprocessing.reduce((x, { offset, divisor = 1 }) => {
        const of = (each: number | number[]) => (typeof each === 'number' ? each : each[at % 2])
        return Math.fround((x - of(offset)) / of(divisor))
      }, value),
    )
    return predict(scaled)
  })
  const together = loadPredictor(artifacts[0].data).predict(samples)
  together.forEach((p, at) => {
    expect(p).toBeCloseTo(expected.reduce((sum, each) => sum + each[at], 0) / 3, 6)
  })
})

it.each(['f32', 'f64'])(
  'a predictor takes samples as they are read: images, channels first, %s',
  async (precision) => {
    const layers = [{ name: 'conv2d', filters: 3 }, { name: 'relu' }, { name: 'flatten' }]
    const dataset = { name: 'glyphs', samplesPerClass: 6, preprocess: ['standardize'] }
    const result = await trained(
      runOf({ dataset, model: { name: 'network', layers }, precision, evaluation: { scores: true } }),
    )
    const raw = await readRawData(runOf({ dataset }), undefined)
    const predictor = loadPredictor(artifactOf(result, 'model.safetensors'))
    const p = predictor.predict(raw.validation.features ?? new Float32Array())
    const { scores } = JSON.parse(new TextDecoder().decode(artifactOf(result, 'scores.json')))
    expect(negativeLogLikelihood(p, raw.validation.labels, 10)).toBeCloseTo(
      scores.validation.loss,
      precision === 'f32' ? 5 : 12,
    )
    expect(brier(p, raw.validation.labels, 10)).toBeCloseTo(
      scores.validation.brier,
      precision === 'f32' ? 5 : 12,
    )
    const one = (raw.validation.features ?? new Float32Array()).subarray(0, 144)
    const [cold, warm] = [1, 4].map((temperature) => predictor.predict(one, { temperature }))
    const back = softmax(
      cold.map((value) => Math.log(value) / 4),
      10,
    )
    warm.forEach((value, at) => {
      expect(value).toBeCloseTo(back[at], 10)
    })
    expect(() => predictor.predict(new Float32Array(143))).toThrow(
      'must hold a multiple of 144 numbers, got 143',
    )
    expect(() => predictor.predict(one, { temperature: 0 })).toThrow(
      'temperature must be a number in (0, ∞), got 0',
    )
  },
)

it.runIf(process.env.THALWEG_DATA)(
  'a predictor takes colour images with their channels first, too',
  async () => {
    const dataset = { name: 'cifar10', files: { train: ['val-1000.bin'] }, train: 60, validation: 40 }
    const layers = [
      { name: 'conv2d', filters: 3, stride: 2 },
      { name: 'relu' },
      { name: 'averagePool', size: 4 },
    ]
    const network = await trained(
      runOf({ dataset, model: { name: 'network', layers }, evaluation: { scores: true }, batchSize: 20 }),
    )
    const { scores } = JSON.parse(new TextDecoder().decode(artifactOf(network, 'scores.json')))
    const { validation } = await readRawData(runOf({ dataset }), process.env.THALWEG_DATA)
    const p = loadPredictor(artifactOf(network, 'model.safetensors')).predict(
      validation.features ?? new Float32Array(),
    )
    expect(negativeLogLikelihood(p, validation.labels, 10)).toBeCloseTo(scores.validation.loss, 5)
  },
)
