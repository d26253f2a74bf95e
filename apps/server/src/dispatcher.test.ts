import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expand } from '@thalweg/document'
import type { BackendChoice } from '@thalweg/kernels/node'
import { openStore, type Run, type Store } from '@thalweg/store'
import { afterEach, expect, test } from 'vitest'
import { experiment, submitTo } from '../test/service.ts'
import { until } from '../test/until.ts'
import { type Dispatcher, startDispatcher } from './dispatcher.ts'
import type { DispatcherTimings } from './dispatcher-timings.ts'

const workerFile = fileURLToPath(new URL('../test/fake-worker.ts', import.meta.url))
const running: Dispatcher[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((dispatcher) => dispatcher.drain()))
})

async function start(
  store: Store,
  timings: Partial<DispatcherTimings> = {},
  { workers = 1, backend = 'wasm' }: { workers?: number; backend?: BackendChoice } = {},
) {
  const log: string[] = []
  const dispatcher = await startDispatcher({
    store,
    workers,
    backend,
    dataDirectory: undefined,
    workerFile,
    timings: { pollMs: 20, restartMs: 5, ...timings },
    log: (line) => log.push(line),
  })
  running.push(dispatcher)
  return { dispatcher, log }
}

const memory = () => openStore({ path: ':memory:', now: Date.now })

async function inState(store: Store, id: string | undefined, state: Run['state'], step = 0): Promise<Run> {
  return until(async () => {
    const run = await store.run(id ?? '')
    return run?.state === state && run.step >= step && run
  })
}

test('trains what is queued, one run after another in a warm process', async () => {
  const store = await memory()
  const ids = [...(await submitTo(store, [1])), ...(await submitTo(store, [1]))]
  await start(store)
  for (const id of ids) {
    const run = await inState(store, id, 'succeeded')
    expect(run).toMatchObject({
      attempt: 1,
      step: 10,
      totalSteps: 10,
      targetStep: 10,
      targetTrainingMs: 2,
      trainingMs: 2,
    })
    expect(await store.series(id)).toMatchObject([{ key: 'train.loss', steps: [1, 10], values: [1, 0.1] }])
  }
})

test('a library that no worker finds is told once', async () => {
  const store = await memory()
  const { log } = await start(store, {}, { workers: 2, backend: 'blas' })
  const [first] = await submitTo(store, [2])
  await inState(store, first, 'failed') // three workers have ended and begun again
  expect(log.filter((line) => line.includes('there is no library'))).toEqual([
    'matrix products are computed by our own kernels: there is no library',
  ])
})

test('a run of several threads waits until as many are free, and no other overtakes it', async () => {
  const store = await memory()
  const { dispatcher } = await start(store, { pollMs: 10 }, { workers: 3 })
  const [narrow] = await submitTo(store, [3])
  await inState(store, narrow, 'running', 5)
  const [wide] = await submitTo(store, [3], { threads: 3 })
  const [next] = await submitTo(store, [1])
  await setTimeout(60)
  for (const id of [wide, next]) expect(await inState(store, id, 'queued')).toMatchObject({ attempt: 0 })
  await store.requestCancellation(narrow ?? '')
  dispatcher.cancel(narrow ?? '')
  await inState(store, wide, 'running', 5)
  expect((await store.run(next ?? ''))?.state).toBe('queued')
  await store.requestCancellation(wide ?? '')
  dispatcher.cancel(wide ?? '')
  await inState(store, next, 'succeeded')
})

test('a run of more threads than there are trains alone', async () => {
  const store = await memory()
  const [wide] = await submitTo(store, [3], { threads: 8 })
  const [next] = await submitTo(store, [1])
  const { dispatcher } = await start(store, { pollMs: 10 }, { workers: 2 })
  await inState(store, wide, 'running', 5)
  await setTimeout(60)
  expect((await store.run(next ?? ''))?.state).toBe('queued')
  await store.requestCancellation(wide ?? '')
  dispatcher.cancel(wide ?? '')
  await inState(store, next, 'succeeded')
})

test('a wake-up starts a run at once', async () => {
  const store = await memory()
  const { dispatcher } = await start(store, { pollMs: 1_000_000 })
  await until(async () => {
    const [id] = await submitTo(store, [1])
    dispatcher.wake()
    return (await inState(store, id, 'succeeded')).id
  })
})

test('a run that takes its worker down is tried three times and then lost', async () => {
  const store = await memory()
  const [crashing] = await submitTo(store, [2])
  const [other] = await submitTo(store, [1])
  const { log } = await start(store)
  const run = await inState(store, crashing, 'failed')
  expect(run).toMatchObject({ reason: 'lost', attempt: 3 })
  expect(log.filter((line) => line.includes('ended with code 7'))).toHaveLength(3)
  await inState(store, other, 'succeeded')
})

test('a worker that cannot start is tried again, later and later', async () => {
  const log: string[] = []
  const dispatcher = await startDispatcher({
    store: await memory(),
    workers: 1,
    backend: 'wasm',
    dataDirectory: undefined,
    workerFile: `${workerFile}.nothing`,
    timings: { restartMs: 1 },
    log: (line) => log.push(line),
  })
  running.push(dispatcher)
  await until(async () => log.filter((line) => line.startsWith('place 0')).length >= 2)
  expect(log.at(-1)).toMatch(/^(place 0: )?worker \d+/)
})

test('a running run is cancelled', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [3])
  const { dispatcher } = await start(store)
  await inState(store, id, 'running', 5)
  await store.requestCancellation(id ?? '')
  dispatcher.cancel(id ?? '')
  expect(await inState(store, id, 'cancelled')).toMatchObject({ step: 5, cancelRequested: true })
})

test('a worker that does not stop a cancelled run is ended', async () => {
  const store = await memory()
  const [stuck] = await submitTo(store, [4])
  const { dispatcher } = await start(store, { cancelGraceMs: 30 })
  await inState(store, stuck, 'running', 1)
  await store.requestCancellation(stuck ?? '')
  dispatcher.cancel(stuck ?? '')
  await inState(store, stuck, 'cancelled')
  const [next] = await submitTo(store, [1])
  await inState(store, next, 'succeeded')
})

test('a cancellation that nobody passed on arrives with the heartbeat', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [3])
  await start(store, { heartbeatMs: 20 })
  await inState(store, id, 'running', 5)
  await store.requestCancellation(id ?? '')
  await inState(store, id, 'cancelled')
})

test('draining stores a checkpoint and gives the run back, and the next server goes on from it', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [3])
  const { dispatcher } = await start(store)
  await inState(store, id, 'running', 5)
  await dispatcher.drain()
  expect(await store.run(id ?? '')).toMatchObject({ state: 'queued', step: 6 })
  await start(store)
  expect(await inState(store, id, 'succeeded')).toMatchObject({ attempt: 2, step: 6 })
})

test('draining does not wait for a worker that does not listen, nor count it as an attempt that failed', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [4])
  for (const attempt of [1, 2, 3, 4]) {
    const { dispatcher } = await start(store, { drainGraceMs: 30 })
    expect(await inState(store, id, 'running', 1)).toMatchObject({ attempt })
    await dispatcher.drain()
    expect(await store.run(id ?? '')).toMatchObject({ state: 'queued' })
  }
})

test('a run that diverges fails with its curve kept', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [5])
  await start(store)
  const run = await inState(store, id, 'failed')
  expect(run).toMatchObject({ reason: 'diverged', message: 'the loss became non-finite at step 1' })
  expect(await store.series(id ?? '')).toMatchObject([{ steps: [1], values: [Number.NaN] }])
})

test('what a server that is gone left running goes back to the queue at once', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [1])
  await store.claim('worker-17', 1_000_000)
  await start(store)
  expect(await inState(store, id, 'succeeded')).toMatchObject({ attempt: 2 })
})

test('a worker that is silent for too long is ended', async () => {
  const store = await memory()
  const [id] = await submitTo(store, [4])
  const { log } = await start(store, { heartbeatMs: 10, silenceMs: 30 })
  expect(await inState(store, id, 'failed')).toMatchObject({ reason: 'lost' })
  expect(log.join('\n')).toContain('silent for too long')
})

test('a fault of the store does not end the dispatcher', async () => {
  const store = await memory()
  let faults = 2
  const { log } = await start({
    ...store,
    async claim(owner, leaseMs) {
      if (faults-- > 0) throw new Error('disk full')
      return store.claim(owner, leaseMs)
    },
  })
  const [id] = await submitTo(store, [1])
  await inState(store, id, 'succeeded')
  expect(log.filter((line) => line === 'place 0: disk full')).toHaveLength(2)
})

test('what depends on others starts at their end, and a student without a teacher fails and says why', async () => {
  const store = await memory()
  const expansion = expand({
    ...experiment,
    vary: {},
    seeds: [1],
    ensemble: {},
    distill: { run: { model: { name: 'mlp' } }, baseline: false },
  })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  const { id } = await store.submit(expansion.experiment, expansion.runs)
  await start(store, { pollMs: 1_000_000 }, { workers: 2 })
  const ended = await until(async () => {
    const { items } = await store.runs({ filter: `experiment = "${id}"`, sort: 'id' })
    return items.every(({ finishedAtMs }) => finishedAtMs !== undefined) && items
  })
  // The worker of these tests leaves no model.
  expect(ended.map(({ role, state, message }) => [role, state, message])).toEqual([
    ['member', 'succeeded', undefined],
    ['ensemble', 'succeeded', undefined],
    ['student', 'failed', 'the ensemble that it was to learn from kept no model'],
  ])
})
