import { softmax, distillationLoss as textbook } from '@thalweg/ensembles'
import { createPlan, createWorkspace } from '@thalweg/kernels'
import { createModel, dense, initialize, meanSquaredError, tanh } from '@thalweg/nn'
import { describe, expect, it } from 'vitest'
import { createTargets, distillationLoss } from './distillation.ts'
import { combineMembers, loadPredictor } from './index.ts'
import { readRawData } from './run-data.ts'
import { createStreams } from './streams.ts'
import { artifactOf, runOf, seriesOf, timeless, trained } from './trained.suite.ts'

const teacherOf = async (run: Record<string, unknown> = {}) => {
  const result = await trained(runOf({ epochs: 8, ...run }))
  return { data: artifactOf(result, 'model.safetensors') }
}

const distill = { temperature: 3, hardWeight: 0.4 }

describe('the loss of a student', () => {
  it.each([
    [{ temperature: 1, hardWeight: 0 }],
    [{ temperature: 4, hardWeight: 0.5 }],
    [{ temperature: 2.5, hardWeight: 0.3, labelSmoothing: 0.2 }],
    [{ temperature: 20, hardWeight: 0.9, labelSmoothing: 0.1 }],
    [{ temperature: 3, hardWeight: 1, labelSmoothing: 0.1 }],
    [{ temperature: 3, hardWeight: 1 }],
  ])(
    'of the whole network is the textbook one, and its gradient that of finite differences: %j',
    (options) => {
      const [rows, classes] = [6, 4]
      const loss = distillationLoss(options)
      const layers = [dense(5), tanh(), dense(classes)]
      const model = createModel(layers, { input: [3], precision: 'f64', loss })
      const outputs = createModel(layers, {
        input: [3],
        precision: 'f64',
        loss: meanSquaredError({ against: 'labels' }),
      })
      const workspace = createWorkspace({
        bytes: model.weightBytes + model.batchBytes(rows) + outputs.batchBytes(rows) + 8192,
      })
      const weights = model.weights(workspace)
      const { init, order } = createStreams(5)
      initialize(model, weights, { name: 'xavier' }, init.normal)
      const batch = model.batch(workspace, rows)
      const asked = outputs.batch(workspace, rows)
      const features = batch.features.map(() => init.normal())
      batch.features.set(features)
      asked.features.set(features)
      const labels = batch.labels.map(() => order.below(classes))
      batch.labels.set(labels)
      const teacher = Float64Array.from({ length: rows * classes }, () => 3 * init.normal())
      const targets = softmax(teacher, classes, { temperature: options.temperature })
      createTargets(options, classes)(targets, labels)
      batch.targets.set(loss.targets ? targets : [])
      const plan = createPlan(workspace)
      model.planForward(plan, weights, batch, rows)
      const forward = plan.compile()
      model.planBackward(plan, weights, batch, rows)
      const both = plan.compile()
      const ask = createPlan(workspace)
      outputs.planForward(ask, weights, asked, rows)
      ask.compile()()
      const expected = textbook({
        logits: asked.predictions.slice(),
        teacher: { logits: teacher },
        labels,
        classes,
        ...options,
      })
      both()
      expect(batch.result[0]).toBeCloseTo(expected.loss, 12)
      const { parameters, gradient } = weights
      const analytic = gradient.slice()
      const h = 1e-5
      for (let index = 0; index < parameters.length; index++) {
        const at = parameters[index]
        const [above, below] = [at + h, at - h].map((value) => {
          batch.features.set(features)
          parameters[index] = value
          forward()
          return batch.result[0]
        })
        parameters[index] = at
        expect(analytic[index]).toBeCloseTo((above - below) / (2 * h), 7)
      }
    },
  )
})

describe('a student', () => {
  it('with hardWeight 1 is the same run without a teacher, bit for bit', async () => {
    const plain = await trained(runOf())
    const student = await trained(runOf({ distill: { temperature: 5, hardWeight: 1 } }))
    expect(student.events).toEqual(plain.events)
  })

  it('at temperature 1 without labels learns the teacher’s probabilities: one full-batch step by hand, f64', async () => {
    const teacher = await teacherOf()
    const step = { precision: 'f64', epochs: 1, batchSize: 1000, model: { name: 'mlp', hidden: [] } }
    const run = {
      ...step,
      optimizer: { name: 'sgd', learningRate: 0.5 },
      distill: { temperature: 1, hardWeight: 0 },
    }
    const document = runOf(run)
    const { training, events } = await trained(document, { teacher })
    const raw = await readRawData(document, undefined)
    const { samples, features = new Float32Array() } = raw.train
    const q = loadPredictor(teacher.data).predict(features)
    // The weights before the step: those of the same run with a rate too small to move them.
    const still = await trained(runOf({ ...run, optimizer: { name: 'sgd', learningRate: 1e-300 } }), {
      teacher,
    })
    const start = loadPredictor(artifactOf(still, 'model.safetensors'))
    const p = start.predict(features)
    expect(seriesOf(events, 'train.loss')[0]).toBeCloseTo(
      -q.reduce((sum, target, at) => sum + target * Math.log(p[at]), 0) / samples,
      12,
    )
    // The bias moves by -0.5 mean(p - q): the outputs at the origin are the bias alone.
    const origin = loadPredictor(training.saveModel()).predict(new Float32Array(2))
    const moved = [0, 1, 2].map((k) => {
      let sum = 0
      for (let row = 0; row < samples; row++) sum += p[3 * row + k] - q[3 * row + k]
      return (-0.5 * sum) / samples
    })
    softmax(Float64Array.from(moved), 3).forEach((value, k) => {
      expect(origin[k]).toBeCloseTo(value, 12)
    })
  })

  it('needs a teacher, of as many features and classes', async () => {
    const document = runOf({ distill })
    await expect(trained(document)).rejects.toThrow('a teacher must be given where hardWeight is below 1')
    const other = await teacherOf({ dataset: { name: 'blobs', classes: 4, samplesPerClass: 20 } })
    await expect(trained(document, { teacher: other })).rejects.toThrow(
      'the teacher must have 2 features and 3 classes, got 2 and 4',
    )
    await expect(trained(document, { teacher: { data: new Uint8Array(9) } })).rejects.toThrow('safetensors')
  })

  it.each([
    ['one thread', {}],
    ['two threads', { threads: 2 }],
    [
      'f64, replacement, smoothed',
      { precision: 'f64', sampling: 'replacement', distill: { ...distill, labelSmoothing: 0.1 } },
    ],
    [
      'classes left out, bias corrected',
      { transfer: { without: [2] }, distill: { ...distill, biasCorrection: true } },
    ],
    ['lbfgs', { optimizer: { name: 'lbfgs' }, epochs: 6, batchSize: 40 }],
    ['early stopping', { epochs: 12, earlyStopping: { patience: 1 }, evaluation: { scores: true } }],
  ])('goes on from every step to the same bits: %s', async (_name, variant) => {
    const teacher = await teacherOf({ seed: 3 })
    const document = runOf({ epochs: 2, evaluation: { scores: true }, distill, ...variant })
    const whole = await trained(document, { teacher, wantsCheckpoint: () => true })
    const plain = timeless(whole.events.filter(({ type }) => type !== 'checkpoint'))
    const again = await trained(document, { teacher })
    expect(timeless(again.events)).toEqual(plain)
    const checkpoints = whole.events.filter((event) => event.type === 'checkpoint')
    expect(checkpoints.length).toBe(seriesOf(plain, 'train.loss').length - 1)
    expect(checkpoints.length).toBeGreaterThan(1)
    for (const { step, data } of checkpoints) {
      const resumed = await trained(document, { teacher, checkpoint: data })
      const position = plain.findIndex((event) => event.type !== 'epoch' && event.step > step)
      expect(timeless(resumed.events)).toEqual(plain.slice(position))
      expect(artifactOf(resumed, 'scores.json')).toEqual(artifactOf(whole, 'scores.json'))
      expect(resumed.training.saveModel()).toEqual(whole.training.saveModel())
    }
  })

  it('has its bias corrected: the missing class comes back, and the report says before and after', async () => {
    const dataset = { name: 'blobs', samplesPerClass: 100, spread: 1, classes: 4, features: 6, seed: 5 }
    const teacher = await teacherOf({ dataset, epochs: 20 })
    const run = { dataset, epochs: 20, transfer: { without: [1] } }
    const student = await trained(
      runOf({ ...run, distill: { temperature: 4, hardWeight: 0, biasCorrection: true } }),
      { teacher },
    )
    const { scores, biasCorrection } = JSON.parse(
      new TextDecoder().decode(artifactOf(student, 'scores.json')),
    )
    expect(biasCorrection.classes).toEqual([1])
    const { train } = await readRawData(runOf({ dataset }), undefined)
    const share = train.labels.filter((label) => label === 1).length / train.samples
    expect(biasCorrection.frequency).toBeCloseTo(share, 12)
    expect(biasCorrection.offset).toBeGreaterThan(0)
    expect(scores.validation.classAccuracy[1]).toBeGreaterThan(0.8)
    expect(scores.validation.classAccuracy[1]).toBeGreaterThanOrEqual(
      biasCorrection.before.validation.classAccuracy[1],
    )
    // The last measurement and the saved model are after it.
    expect(seriesOf(student.events, 'validation.loss').at(-1)).toBe(scores.validation.loss)
    const predictor = loadPredictor(student.training.saveModel())
    const raw = await readRawData(runOf(run), undefined)
    const mean = predictor.predict(raw.validation.features ?? new Float32Array())
    const frequency = mean.reduce((sum, p, at) => sum + (at % 4 === 1 ? p : 0), 0) / raw.validation.samples
    expect(frequency).toBeCloseTo(biasCorrection.frequency, 5)
    const uncorrected = await trained(runOf({ ...run, distill: { temperature: 4, hardWeight: 0 } }), {
      teacher,
    })
    expect(seriesOf(uncorrected.events, 'validation.loss').at(-1)).toBe(biasCorrection.before.validation.loss)
  })

  it('refuses a bias correction that has nothing to go by', async () => {
    const teacher = await teacherOf()
    const corrected = { ...distill, biasCorrection: true }
    await expect(trained(runOf({ distill: corrected }), { teacher })).rejects.toThrow('lacks no class')
    const dataset = { name: 'blobs', samplesPerClass: 40, seed: 7, validation: 0 }
    const without = { dataset, transfer: { without: [1] }, distill: corrected }
    await expect(trained(runOf(without), { teacher })).rejects.toThrow('needs validation samples')
    await expect(trained(runOf({ transfer: { without: [3] } }))).rejects.toThrow(
      'class must be in [0, 3), got 3',
    )
    await expect(trained(runOf({ transfer: { without: [0, 1, 2] } }))).rejects.toThrow(
      'no training samples are left',
    )
  })

  it('of an ensemble learns the mean of the members’ probabilities at its temperature', async () => {
    const members = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const document = runOf({ seed })
        const { training } = await trained(document)
        return { name: `seed ${seed}`, state: 'succeeded', document, models: training.artifacts() }
      }),
    )
    const ensemble = runOf({ ensemble: { combine: 'probabilities', select: { name: 'all' } } })
    const { artifacts } = await combineMembers(ensemble, members, { dataDirectory: undefined })
    const teacher = { data: artifacts[0].data }
    const document = runOf({
      distill: { temperature: 3, hardWeight: 0 },
      precision: 'f64',
      batchSize: 1000,
      epochs: 1,
    })
    const { events } = await trained(document, { teacher })
    const { train } = await readRawData(document, undefined)
    const features = train.features ?? new Float32Array()
    const start = await trained(
      { ...document, optimizer: { name: 'sgd', learningRate: 1e-300 } as never },
      { teacher },
    )
    const tables = members.map(({ models }) =>
      loadPredictor(models[0].data).predict(features, { temperature: 3 }),
    )
    const p = loadPredictor(start.training.saveModel()).predict(features, { temperature: 3 })
    const loss = p.reduce((sum, value, at) => {
      const q = (tables[0][at] + tables[1][at] + tables[2][at]) / 3
      return sum - q * Math.log(value)
    }, 0)
    expect(seriesOf(events, 'train.loss')[0]).toBeCloseTo((9 * loss) / train.samples, 9)
  })
})
