import { expand, type RunDocument, type RunEvent } from '@thalweg/document'
import { decodeSafetensors } from '@thalweg/nn'
import { describe, expect, it } from 'vitest'
import { prepareTraining } from './index.ts'

/** A convex problem: softmax regression with a penalty. */
const regression = {
  dataset: { name: 'blobs', samplesPerClass: 30, spread: 1.5 },
  model: { name: 'mlp', hidden: [] },
  precision: 'f64',
  l2: 0.01,
  epochs: 200,
}

async function train(run: Record<string, unknown>) {
  const expansion = expand({ name: 'test', run, seeds: [1] })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  const document: RunDocument = expansion.runs[0].document
  const training = await prepareTraining(document, { dataDirectory: undefined })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  const curve = events.filter((event) => event.type === 'metric')
  const { tensors } = decodeSafetensors(training.saveModel())
  return {
    training,
    events,
    curve,
    done: events[events.length - 1],
    tensors,
    last: curve[curve.length - 1].values,
  }
}

describe('lbfgs', () => {
  it('ends by itself at a minimum, says why, and keeps its budget of passes', async () => {
    const tolerance = { gradient: 1e-5 }
    const { training, curve, done, last } = await train({
      ...regression,
      optimizer: { name: 'lbfgs', tolerance },
    })
    expect(training.totalSteps).toBe(200)
    expect(done).toMatchObject({
      type: 'done',
      outcome: 'succeeded',
      step: curve.length,
      solver: {
        status: 'converged-gradient',
        message: expect.stringMatching(/^gradient norm .* <= 0\.00001 after/),
      },
    })
    expect(done).not.toHaveProperty('stoppedEarly')
    expect(curve.length).toBeLessThan(training.totalSteps)
    expect(last.gradientNorm).toBeLessThanOrEqual(1e-5)
    expect(last.evaluations).toBe(curve.length)
    expect(last.passes).toBe(curve.length)
    expect(last.iterations).toBeLessThan(curve.length)
    expect(last['validation.loss']).toBeGreaterThan(0)
    const losses = curve.map(({ values }) => values['train.loss'] ?? Number.NaN)
    for (const [index, loss] of losses.slice(1).entries()) expect(loss).toBeLessThanOrEqual(losses[index])
  })

  it('ends with its last pass where that comes first', async () => {
    const { events, curve, done } = await train({ ...regression, epochs: 5, optimizer: { name: 'lbfgs' } })
    expect(curve.map(({ values }) => values.evaluations)).toEqual([1, 2, 3, 4, 5])
    expect(events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []))).toEqual([1, 2, 3, 4, 5])
    expect(done).toMatchObject({ step: 5, solver: { status: 'max-evaluations' } })
  })

  it('does not depend on the chunks in which a pass is computed, but for rounding, nor on threads', async () => {
    const run = {
      ...regression,
      model: { name: 'mlp', hidden: [7] },
      optimizer: { name: 'lbfgs' },
      epochs: 12,
    }
    const [whole, ...others] = await Promise.all(
      [{ batchSize: 1000 }, { batchSize: 17 }, { batchSize: 24 }, { batchSize: 24, threads: 2 }].map(
        (chunks) => train({ ...run, ...chunks }),
      ),
    )
    for (const { curve } of others) {
      for (const [index, { values }] of curve.entries()) {
        expect(values['train.loss']).toBeCloseTo(whole.curve[index].values['train.loss'] ?? Number.NaN, 8)
      }
    }
  })

  it('with l1 makes weights exactly 0, and biases not', async () => {
    const optimizer = { name: 'lbfgs', l1: { strength: 1.5 } }
    const { tensors, done } = await train({
      ...regression,
      l2: 0,
      optimizer,
    })
    expect(done).toMatchObject({
      outcome: 'succeeded',
      solver: { status: expect.stringMatching(/^converged/) },
    })
    const [weights, biases] = [
      Array.from(tensors['dense1.weight'].data),
      Array.from(tensors['dense1.bias'].data),
    ]
    expect(weights.filter((weight) => weight !== 0).length).toBeLessThan(weights.length / 2)
    expect(biases.some((bias) => bias !== 0)).toBe(true)
  })

  it('with bounds never leaves them', async () => {
    const bounds = { lower: -0.25, upper: 0.125 }
    const { tensors, done } = await train({ ...regression, optimizer: { name: 'lbfgs', bounds } })
    expect(done).toMatchObject({ solver: { status: expect.stringMatching(/^converged/) } })
    const values = Object.values(tensors).flatMap(({ data }) => Array.from(data))
    expect([Math.min(...values), Math.max(...values)]).toEqual([-0.25, 0.125])
  })

  it.each(['lbfgs', 'sfo', 'onlineLbfgs'])(
    'diverges where the loss is not finite at the start: %s',
    async (name) => {
      const model = { name: 'mlp', hidden: Array(8).fill(64), init: { name: 'normal', scale: 100 } }
      const { events, done } = await train({
        ...regression,
        model,
        loss: { name: 'meanSquaredError' },
        precision: 'f32',
        optimizer: { name },
      })
      expect(events.map(({ type }) => type)).toEqual(['metric', 'done'])
      expect(done).toEqual({ type: 'done', outcome: 'diverged', step: 1 })
    },
  )

  it('stops early and reaches targets like any other run', async () => {
    const earlyStopping = { metric: 'validation.loss', patience: 2, minimumChange: 0.5 }
    const early = await train({ ...regression, optimizer: { name: 'lbfgs' }, earlyStopping })
    expect(early.done).toMatchObject({ outcome: 'succeeded', stoppedEarly: true })
    expect(early.done).not.toHaveProperty('solver')
    const target = { metric: 'train.loss', atMost: 0.6 }
    const aimed = await train({ ...regression, optimizer: { name: 'lbfgs' }, target })
    const at = aimed.curve.find(({ values }) => (values['train.loss'] ?? Infinity) <= 0.6)?.step
    expect(at).toBeGreaterThan(1)
    expect(aimed.done).toMatchObject({ targetStep: at })
  })
})
