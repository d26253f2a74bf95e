import { join } from 'node:path'
import { expect, it } from 'vitest'
import { settled, startService, temporaryFolder, until } from './service.ts'

const long = {
  name: 'long',
  run: {
    dataset: { name: 'spirals' },
    model: { name: 'mlp', hidden: [64, 64] },
    optimizer: { name: 'adam', learningRate: 0.003 },
    batchSize: 16,
    // Some seconds: long enough to be killed in the middle, and to leave a checkpoint.
    epochs: 2500,
  },
} as const

it('a server killed after its 201 finds the runs again and finishes them', async () => {
  const folder = await temporaryFolder()
  const database = join(folder.path, 'thalweg.db')
  const first = await startService(database)
  const short = {
    ...long,
    name: 'short',
    run: { ...long.run, epochs: 20 },
    vary: { batchSize: [8, 16, 32] },
    seeds: [1, 2, 3],
  }
  const { id, runs } = await first.client.submit(short)
  await first.stop('SIGKILL')

  const second = await startService(database)
  const found = await settled(second.client, id)
  expect(found.map((run) => run.id).sort()).toEqual([...runs].sort())
  expect(found.map((run) => run.state)).toEqual(runs.map(() => 'succeeded'))
  expect(await second.stop('SIGTERM')).toBe(0)
  await folder.remove()
})

it('a run killed or drained in the middle ends with the curve of one that never was', async () => {
  const folder = await temporaryFolder()
  const database = join(folder.path, 'thalweg.db')
  const submitted = { id: '', runs: [''] }
  // Once by kill, which may lose what came after the last checkpoint, once by SIGTERM, which loses nothing.
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const service = await startService(database)
    if (signal === 'SIGKILL') Object.assign(submitted, await service.client.submit(long))
    const before = signal === 'SIGKILL' ? 500 : 1500
    const run = await until(
      service.client,
      submitted.runs[0],
      ({ step, state }) => state === 'running' && step > before,
    )
    expect(run.step).toBeLessThan(run.totalSteps ?? 0)
    await service.stop(signal)
  }
  const service = await startService(database)
  const interrupted = await until(service.client, submitted.runs[0], ({ state }) => state === 'succeeded')
  expect(interrupted.attempt).toBe(3)

  const whole = await service.client.submit(long)
  await settled(service.client, whole.id)
  const [series, expected] = await Promise.all(
    [submitted.runs[0], whole.runs[0]].map((id) => service.client.series(id)),
  )
  expect(series.length).toBeGreaterThan(4)
  expect(series).toEqual(expected)
  await service.stop('SIGTERM')
  await folder.remove()
})
