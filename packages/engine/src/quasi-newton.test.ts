import { expand, type RunDocument, type RunEvent } from '@thalweg/document'
import { iterate } from '@thalweg/lbfgs'
import { createOnlineLbfgs, createSfo } from '@thalweg/lbfgs/stochastic'
import { decodeSafetensors } from '@thalweg/nn'
import { describe, expect, it } from 'vitest'
import { prepareTraining } from './index.ts'
import { readRunData } from './run-data.ts'
import { createSampler, drawOrder } from './sampler.ts'
import { createStreams } from './streams.ts'

/** Three blobs, 60 training samples of two features, in batches of 16: the last of a pass has 12. */
const blobs = {
  dataset: { name: 'blobs', samplesPerClass: 25, spread: 1.5 },
  model: { name: 'mlp', hidden: [] },
  precision: 'f64',
  batchSize: 16,
  l2: 0.01,
}

function runDocument(run: Record<string, unknown>): RunDocument {
  const expansion = expand({ name: 'test', run, seeds: [1] })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs[0].document
}

async function lossesOf(document: RunDocument): Promise<readonly number[]> {
  const training = await prepareTraining(document, { dataDirectory: undefined })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  return events.flatMap((event) =>
    event.type === 'metric' ? [event.values['train.loss'] ?? Number.NaN] : [],
  )
}

/** Softmax regression with an l2 penalty on the weights, sample by sample, and where a run of the document starts. */
async function textbook(document: RunDocument) {
  const streams = createStreams(document.seed)
  const { train, classes } = await readRunData(document, undefined, streams)
  const training = await prepareTraining(document, { dataDirectory: undefined })
  const { tensors } = decodeSafetensors(training.saveModel())
  await training.close()
  const x0 = Float64Array.from([...tensors['dense1.weight'].data, ...tensors['dense1.bias'].data])
  const { features = new Float32Array(), labels, samples } = train
  const width = features.length / samples
  const l2 = document.l2 ?? 0

  function loss(x: Float64Array, gradient: Float64Array, indices: readonly number[]): number {
    const bias = width * classes
    let sum = 0
    gradient.fill(0)
    for (const index of indices) {
      const row = features.subarray(index * width, (index + 1) * width)
      const scores = Array.from({ length: classes }, (_, k) =>
        row.reduce((score, feature, j) => score + feature * x[j * classes + k], x[bias + k]),
      )
      const total = scores.reduce((all, score) => all + Math.exp(score), 0)
      sum -= scores[labels[index]] - Math.log(total)
      for (let k = 0; k < classes; k++) {
        const slope = (Math.exp(scores[k]) / total - (labels[index] === k ? 1 : 0)) / indices.length
        for (let j = 0; j < width; j++) gradient[j * classes + k] += slope * row[j]
        gradient[bias + k] += slope
      }
    }
    let squares = 0
    for (let i = 0; i < bias; i++) {
      squares += x[i] ** 2
      gradient[i] += l2 * x[i]
    }
    return sum / indices.length + (l2 / 2) * squares
  }

  return { x0, loss, samples, streams }
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length)
  for (const [index, value] of found.entries()) {
    expect(Math.abs(value - expected[index]), `step ${index + 1}`).toBeLessThan(
      1e-9 * Math.abs(expected[index]),
    )
  }
}

describe('the engine takes the steps of the solver by itself, on a loss written sample by sample', () => {
  it('lbfgs', async () => {
    const document = runDocument({ ...blobs, optimizer: { name: 'lbfgs' }, epochs: 12 })
    const { x0, loss, samples } = await textbook(document)
    const all = Array.from({ length: samples }, (_, index) => index)
    const expected: number[] = []
    const run = iterate<Float64Array>((x, gradient) => loss(x, gradient, all), x0, { maxEvaluations: 12 })
    for (const { evaluations, f } of run) expected[evaluations - 1] = f
    // An evaluation that a line search rejects leaves the iterate where it was.
    for (let index = 1; index < 12; index++) expected[index] ??= expected[index - 1]
    expectClose(await lossesOf(document), expected)
  })

  it('sfo', async () => {
    const optimizer = { name: 'sfo', subfunctions: 7 }
    const document = runDocument({ ...blobs, optimizer, epochs: 6 })
    const { x0, loss, samples, streams } = await textbook(document)
    const order = new Int32Array(samples)
    drawOrder(order, streams.order)
    const parts = Array.from({ length: 7 }, (_, part): number[] =>
      Array.from(order.subarray(Math.floor((part * samples) / 7), Math.floor(((part + 1) * samples) / 7))),
    )
    const solver = createSfo(x0, 7, { seed: document.seed })
    const gradient = new Float64Array(x0.length)
    const expected = Array.from({ length: 6 * 7 }, () => {
      const { index, x } = solver.ask()
      const share = parts[index].length / samples
      const value = share * loss(x, gradient, parts[index])
      solver.tell(
        value,
        gradient.map((each) => share * each),
      )
      return solver.f
    })
    expectClose(await lossesOf(document), expected)
  })

  it('onlineLbfgs', async () => {
    const optimizer = { name: 'onlineLbfgs', learningRate: 0.3, epsilon: 0.1 }
    const document = runDocument({ ...blobs, optimizer, epochs: 8 })
    const { x0, loss, samples, streams } = await textbook(document)
    const sampler = createSampler('shuffle', samples, 16, streams.order)
    const solver = createOnlineLbfgs(x0, { epsilon: 0.1 })
    const indices = new Int32Array(16)
    const expected = Array.from({ length: 16 }, (_, step) => {
      sampler.fill(step, indices)
      const batch = Array.from(indices.subarray(0, sampler.batchSize(step)))
      const [first] = Array.from({ length: 2 }, () => {
        const value = loss(solver.ask().x, solver.gradient, batch)
        solver.tell(value, undefined, { learningRate: 0.3 })
        return value
      })
      return first
    })
    expectClose(await lossesOf(document), expected)
  })
})
