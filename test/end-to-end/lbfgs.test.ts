import { join } from 'node:path'
import { expect, it } from 'vitest'
import { remains } from './remains.ts'
import { startService, temporaryFolder, until } from './service.ts'

/** Noise that no network of this size can fit, so that it goes on to its last pass. */
const spirals = {
  name: 'spirals by L-BFGS',
  run: {
    dataset: { name: 'spirals', samplesPerClass: 300, noise: 0.8 },
    model: { name: 'mlp', hidden: [64, 64], activation: 'tanh' },
    optimizer: { name: 'lbfgs', tolerance: { gradient: 0, f: 0 } },
    precision: 'f64',
    batchSize: 100,
    target: { metric: 'train.loss', atMost: 0.98 },
    epochs: 1000,
  },
} as const

it('a run of L-BFGS that is drained and then killed ends with the bits of one that never was', async () => {
  const folder = await temporaryFolder()
  const database = join(folder.path, 'thalweg.db')
  // Drained once its target is reached, which leaves a checkpoint.
  const first = await startService(database)
  const id = (await first.client.submit(spirals)).runs[0]
  const before = await until(first.client, id, ({ targetStep }) => targetStep !== undefined)
  expect(before).toMatchObject({ state: 'running', attempt: 1 })
  await first.stop('SIGTERM')
  // Killed once it has gone on from there.
  const second = await startService(database)
  const resumed = await until(second.client, id, ({ attempt, step }) => attempt === 2 && step > before.step)
  expect(resumed.state).toBe('running')
  await second.stop('SIGKILL')

  const service = await startService(database)
  const { client } = service
  const interrupted = await until(client, id, ({ state }) => state !== 'running' && state !== 'queued')
  expect(interrupted).toMatchObject({ state: 'succeeded', attempt: 3, step: 1000 })
  expect(interrupted.solver).toMatchObject({ status: 'max-evaluations' })
  expect(interrupted.metrics.evaluations?.last).toBe(1000)
  const whole = (await client.submit(spirals)).runs[0]
  const expected = await until(client, whole, ({ state }) => state !== 'running' && state !== 'queued')
  expect(expected).toMatchObject({ state: 'succeeded', attempt: 1 })
  expect(await remains(client, id)).toEqual(await remains(client, whole))
  await service.stop('SIGTERM')
  await folder.remove()
})
