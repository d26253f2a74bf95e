import { join } from 'node:path'
import { expect, it } from 'vitest'
import { remains } from './remains.ts'
import { startService, temporaryFolder, until } from './service.ts'

/** Everything that draws random numbers or keeps a state while it trains. */
const digits = {
  name: 'digits',
  run: {
    dataset: { name: 'glyphs', samplesPerClass: 60 },
    augmentation: [{ name: 'shift', pixels: 1 }, { name: 'flip' }],
    model: {
      name: 'network',
      layers: [
        { name: 'conv2d', filters: 6, padding: 'same' },
        { name: 'batchNorm' },
        { name: 'relu' },
        { name: 'maxPool' },
        { name: 'dropout', rate: 0.3 },
        { name: 'dense', units: 32 },
        { name: 'relu' },
      ],
    },
    optimizer: { name: 'adam', learningRate: 0.003 },
    batchSize: 20,
    threads: 2,
    target: { metric: 'validation.accuracy', atLeast: 0.5 },
    // Ends after as many epochs as the patience at least, and long before the last one.
    epochs: 10_000,
    earlyStopping: { metric: 'validation.loss', patience: 100, minimumChange: 0.3 },
    tensorStatistics: { every: 50 },
  },
} as const

it('a network drained and then killed in the middle ends with the bits of one that never was', async () => {
  const folder = await temporaryFolder()
  const database = join(folder.path, 'thalweg.db')
  // Drained once its target is reached, which leaves a checkpoint.
  const first = await startService(database)
  const id = (await first.client.submit(digits)).runs[0]
  const before = await until(first.client, id, ({ targetStep }) => targetStep !== undefined)
  expect(before).toMatchObject({ state: 'running', attempt: 1 })
  await first.stop('SIGTERM')
  // Killed once it has gone on from there, which leaves nothing.
  const second = await startService(database)
  const resumed = await until(
    second.client,
    id,
    ({ attempt, backend }) => attempt === 2 && backend !== undefined,
  )
  expect(resumed.state).toBe('running')
  expect(resumed.step).toBeGreaterThan(before.targetStep ?? 0)
  await second.stop('SIGKILL')

  const service = await startService(database)
  const { client } = service
  const interrupted = await until(client, id, ({ state }) => state !== 'running' && state !== 'queued')
  expect(interrupted).toMatchObject({ state: 'succeeded', attempt: 3, stoppedEarly: true })
  const whole = (await client.submit(digits)).runs[0]
  const expected = await until(client, whole, ({ state }) => state !== 'running' && state !== 'queued')
  expect(expected).toMatchObject({ state: 'succeeded', attempt: 1, stoppedEarly: true })

  const [found, wanted] = [await remains(client, id), await remains(client, whole)]
  expect(found).toEqual(wanted)
  expect(found.model.came).toBe(found.model.sha256)
  expect(found.series.map(({ length }) => length)).toEqual([7, 24])
  expect(found.summary.targetStep).toBe(before.targetStep)
  for (const { targetTrainingMs = 0, trainingMs } of [interrupted, expected]) {
    expect(targetTrainingMs).toBeGreaterThan(0)
    expect(targetTrainingMs).toBeLessThan(trainingMs)
  }
  await service.stop('SIGTERM')
  await folder.remove()
})
