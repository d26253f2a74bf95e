import { readDataset } from '@thalweg/datasets/node'
import { expand, type RunEvent } from '@thalweg/document'
import { expect, it } from 'vitest'
import { decodeCheckpoint } from './checkpoint.ts'
import { prepareTraining } from './index.ts'
import { createStreams } from './streams.ts'

// Softmax regression by the textbook, from the weights of the checkpoints: what the engine reports must be what they
// give. 375 validation samples are more than one evaluation batch holds.
it('reports the losses, accuracies and gradient norms of a textbook computation', async () => {
  const expansion = expand({
    name: 'reference',
    run: {
      dataset: { name: 'blobs', samplesPerClass: 250, spread: 4, validation: 0.5 },
      model: { name: 'mlp', hidden: [], init: { name: 'normal', scale: 0.25 } },
      optimizer: { name: 'sgd', learningRate: 0.05 },
      batchSize: 1000,
      epochs: 4,
      precision: 'f64',
    },
    seeds: [3],
  })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  const [{ document }] = expansion.runs
  const training = await prepareTraining(document, { dataDirectory: undefined, wantsCheckpoint: () => true })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  const data = await readDataset(document.dataset, { directory: undefined, random: createStreams(3).data })
  expect([data.train.samples, data.validation.samples]).toEqual([375, 375])

  /** Weights [2, 3] then biases [3]. */
  const weightsAfter = events
    .filter((event) => event.type === 'checkpoint')
    .map(
      ({ data: bytes }) =>
        new Float64Array(decodeCheckpoint(document, bytes).arrays.parameters.slice().buffer),
    )
  const metrics = events.filter((event) => event.type === 'metric').map(({ values }) => values)

  function score({ features, labels, samples }: typeof data.train, w: Float64Array) {
    let [loss, correct] = [0, 0]
    for (let row = 0; row < samples; row++) {
      const z = [0, 1, 2].map((c) => w[6 + c] + features[2 * row] * w[c] + features[2 * row + 1] * w[3 + c])
      loss += Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - z[labels[row]]
      correct += Number(z.indexOf(Math.max(...z)) === labels[row])
    }
    return { loss: loss / samples, accuracy: correct / samples }
  }

  for (const [step, w] of weightsAfter.entries()) {
    const { loss, accuracy } = score(data.validation, w)
    expect(metrics[step]['validation.loss']).toBeCloseTo(loss, 12)
    expect(metrics[step]['validation.accuracy']).toBe(accuracy)
    const train = score(data.train, w)
    expect(metrics[step]['train.accuracy']).toBe(train.accuracy)
    // The batch is all the training data, so the next step's loss before its update is the loss here.
    expect(metrics[step + 1]['train.loss']).toBeCloseTo(train.loss, 12)
  }
  // One step of gradient descent moves the weights by the rate times the gradient.
  const [before, after] = weightsAfter
  const moved = Math.hypot(...after.map((value, index) => value - before[index]))
  expect(metrics[1].gradientNorm).toBeCloseTo(moved / 0.05, 10)
  expect(moved).toBeGreaterThan(1e-3)
})
