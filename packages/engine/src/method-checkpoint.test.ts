import { expand, type RunDocument, type RunEvent } from '@thalweg/document'
import { describe, expect, it } from 'vitest'
import { prepareTraining } from './index.ts'

function runDocument(run: Record<string, unknown>): RunDocument {
  const expansion = expand({ name: 'test', run, seeds: [1] })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs[0].document
}

async function collect(document: RunDocument, checkpoint?: Uint8Array) {
  const training = await prepareTraining(document, {
    dataDirectory: undefined,
    wantsCheckpoint: () => true,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  return { events, model: training.saveModel(), training }
}

const checkpointsOf = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'checkpoint')

const spirals = { dataset: { name: 'spirals', samplesPerClass: 20 }, batchSize: 15, epochs: 5 }
const small = { ...spirals, model: { name: 'mlp', hidden: [6] } }
/** Beyond a thousand parameters a solver's vectors lie in SIMD memory. */
const wide = { ...spirals, model: { name: 'mlp', hidden: [200] } }

describe.each([
  ['lbfgs', { ...small, optimizer: { name: 'lbfgs', memory: 3 } }],
  ['lbfgs in SIMD memory', { ...wide, optimizer: { name: 'lbfgs', memory: 3 } }],
  ['lbfgs on two threads', { ...wide, optimizer: { name: 'lbfgs' }, threads: 2, l2: 1e-3 }],
  ['lbfgs with bounds', { ...small, optimizer: { name: 'lbfgs', bounds: { lower: -0.3, upper: 0.4 } } }],
  ['lbfgs with l1 in SIMD memory', { ...wide, optimizer: { name: 'lbfgs', l1: { strength: 0.01 } } }],
  ['lbfgs with bounds in SIMD memory', { ...wide, optimizer: { name: 'lbfgs', bounds: { upper: 0.3 } } }],
  ['lbfgs with l1', { ...small, optimizer: { name: 'lbfgs', l1: { strength: 0.01 } } }],
  ['sfo', { ...small, optimizer: { name: 'sfo', subfunctions: 4 }, epochs: 3 }],
  ['onlineLbfgs', { ...small, optimizer: { name: 'onlineLbfgs', memory: 3 } }],
  [
    'onlineLbfgs with masks, running statistics, another rate and batches drawn anew',
    {
      ...wide,
      model: {
        name: 'network',
        layers: [{ name: 'dense', units: 200 }, { name: 'batchNorm' }, { name: 'relu' }, { name: 'dropout' }],
      },
      optimizer: { name: 'onlineLbfgs', memory: 3 },
      schedule: { name: 'inverseTimeDecay', rate: 0.1 },
      sampling: 'replacement',
    },
  ],
])('a checkpoint of %s', (_name, run) => {
  it.each(['f32', 'f64'])('at every step, %s, goes on to the same bits', async (precision) => {
    const document = runDocument({ ...run, precision })
    const whole = await collect(document)
    const checkpoints = checkpointsOf(whole.events)
    const steps = whole.events.filter((event) => event.type === 'metric').length
    expect(checkpoints.length).toBe(steps - 1)
    for (const { step, data } of checkpoints) {
      const { events, model } = await collect(document, data)
      expect(events).toEqual(whole.events.filter((event) => event.step > step))
      expect(model).toEqual(whole.model)
    }
  })

  it('is refused where it is of another run', async () => {
    const document = runDocument({ ...run, epochs: 4 })
    const [{ data }] = checkpointsOf((await collect(document)).events)
    await expect(collect({ ...document, seed: 2 }, data)).rejects.toMatchObject({ code: 'other-run' })
  })

  it('is about as large as is said before', async () => {
    const { training, events } = await collect(runDocument({ ...run, precision: 'f64' }))
    const largest = Math.max(...checkpointsOf(events).map(({ data }) => data.length))
    expect(largest).toBeLessThan(1.2 * training.checkpointBytes + 20_000)
  })
})
