import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type RunResource } from '@thalweg/client'
import { loadModel } from '@thalweg/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { experiment } from '../test/service.ts'
import { until } from '../test/until.ts'
import { type RunningServer, startServer } from './start-server.ts'

let directory = ''
let server: RunningServer
let client: Client
const log: string[] = []

async function start(): Promise<void> {
  const databasePath = join(directory, 'test.db')
  server = await startServer({
    port: 0,
    workers: 1,
    backend: 'wasm',
    databasePath,
    dataDirectory: undefined,
    log: (line) => log.push(line),
  })
  client = createClient({ baseUrl: server.url })
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thalweg-'))
  await start()
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

const finished = (id: string | undefined): Promise<RunResource> =>
  until(async () => {
    const run = await client.run(id ?? '')
    return run.state !== 'queued' && run.state !== 'running' && run
  })

const reached = (id: string | undefined, step: number): Promise<RunResource> =>
  until(async () => {
    const run = await client.run(id ?? '')
    return run.step >= step && run
  })

test('two optimizers train to the end, with curves and models', async () => {
  const { runs } = await client.submit({ ...experiment, seeds: [1] })
  for (const id of runs) {
    const run = await finished(id)
    expect(run).toMatchObject({ state: 'succeeded', attempt: 1, step: run.totalSteps })
    expect(run.metrics['train.loss']).toMatchObject({ points: run.totalSteps, lastStep: run.totalSteps })
    const series = await client.series(id, { keys: ['train.loss', 'validation.accuracy'] })
    expect(series.map(({ key, steps }) => [key, steps.at(-1)])).toEqual([
      ['train.loss', run.totalSteps],
      ['validation.accuracy', run.totalSteps],
    ])
    const { artifacts, backend } = await client.run(run.id)
    expect(backend).toBe('wasm')
    expect(artifacts.map(({ name }) => name)).toEqual(['model.safetensors'])
    const file = new Response(await client.artifact(run.id, artifacts[0]?.id ?? ''))
    expect(loadModel(new Uint8Array(await file.arrayBuffer())).document).toEqual(run.document)
  }
  expect(log).toEqual([])
})

const long = { ...experiment, vary: {}, seeds: [3], run: { ...experiment.run, epochs: 2000 } }

test('a run that a restart interrupts ends with the same bits as one that nothing interrupted', async () => {
  const interrupted = (await client.submit(long)).runs[0]
  const before = await reached(interrupted, 1000)
  expect(before.state).toBe('running')
  await server.close()
  await start()
  const after = await finished(interrupted)
  expect(after).toMatchObject({ state: 'succeeded', attempt: 2 })

  const whole = await finished((await client.submit(long)).runs[0])
  expect(whole).toMatchObject({ state: 'succeeded', attempt: 1 })
  expect(after.metrics).toEqual(whole.metrics)
  const options = { points: 100_000 }
  expect(await client.series(after.id, options)).toEqual(await client.series(whole.id, options))
})

test('a running run is cancelled and keeps its curve', async () => {
  const run = { ...long.run, epochs: 100_000 }
  const id = (await client.submit({ ...long, run })).runs[0]
  await reached(id, 100)
  expect(await client.cancel(id ?? '')).toMatchObject({ state: 'running', cancelRequested: true })
  const cancelled = await finished(id)
  expect(cancelled.state).toBe('cancelled')
  expect((await client.run(cancelled.id)).artifacts).toEqual([])
  expect(cancelled.metrics['train.loss']).toMatchObject({ points: cancelled.step, lastStep: cancelled.step })
})

test('a run that diverges fails, with the last loss', async () => {
  const run = { ...experiment.run, optimizer: { name: 'sgd', learningRate: 1e38 } }
  const diverged = await finished((await client.submit({ ...long, run })).runs[0])
  expect(diverged).toMatchObject({ state: 'failed', reason: 'diverged' })
  expect(diverged.message).toBe(`a loss or gradient was not finite at step ${diverged.step}`)
  expect(diverged.metrics['train.loss']?.lastStep).toBe(diverged.step)
  const lasts = Object.values(diverged.metrics).map(({ last }) => last)
  expect(lasts.some((last) => typeof last === 'string')).toBe(true)
})

test('a target is recorded before the run ends', async () => {
  const target = { metric: 'train.loss', atMost: 0.9 }
  const run = { ...long.run, epochs: 100_000, target }
  const id = (await client.submit({ ...long, run })).runs[0] ?? ''
  const aimed = await until(async () => {
    const found = await client.run(id)
    return found.targetStep !== undefined && found
  })
  expect(aimed.state).toBe('running')
  await client.cancel(id)
  const { targetStep = 0, targetTrainingMs = 0, trainingMs } = await finished(id)
  const [loss] = await client.series(id, { keys: ['train.loss'], points: 100_000, to: targetStep })
  expect(loss?.values.findIndex((value) => Number(value) <= 0.9)).toBe(targetStep - 1)
  expect(targetTrainingMs).toBeGreaterThan(0)
  expect(targetTrainingMs).toBeLessThan(trainingMs)
})

test('a model that does not fit fails with the reason', async () => {
  const run = { ...experiment.run, model: { name: 'mlp', hidden: [65_536, 65_536] } }
  const failed = await finished((await client.submit({ ...long, run })).runs[0])
  expect(failed).toMatchObject({ state: 'failed', reason: 'error' })
  expect(failed.message).not.toMatch(/\n\s+at /)
})
