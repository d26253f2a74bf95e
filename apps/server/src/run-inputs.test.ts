import { expand } from '@thalweg/document'
import { type ClaimedRun, type Ending, type NewArtifact, openStore, type Store } from '@thalweg/store'
import { expect, test } from 'vitest'
import { mostInputBytes, runInputs } from './run-inputs.ts'

const file = (name: string, ...bytes: number[]): NewArtifact => ({
  name,
  mediaType: 'application/octet-stream',
  data: Uint8Array.from(bytes),
})

/** A store of one ensemble and its student whose members have ended so. */
async function stored(...endings: readonly Ending[]): Promise<Store> {
  const store = await openStore({ path: ':memory:', now: () => 1_700_000_000_000 })
  const expansion = expand({
    name: 'x',
    run: { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } },
    seeds: endings.map((_, index) => index + 1),
    ensemble: {},
    distill: { run: { model: { name: 'mlp' } }, baseline: false },
  })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  await store.submit(expansion.experiment, expansion.runs)
  for (const ending of endings) await store.finish(await claimed(store), ending)
  return store
}

async function claimed(store: Store): Promise<ClaimedRun> {
  const run = await store.claim('worker', 1000)
  if (run === undefined) throw new Error('nothing is queued')
  return run
}

test('a run that depends on nothing gets nothing', async () => {
  const store = await openStore({ path: ':memory:', now: () => 1 })
  const expansion = expand({ name: 'x', run: { dataset: { name: 'moons' }, optimizer: { name: 'sgd' } } })
  if (expansion.ok) await store.submit(expansion.experiment, expansion.runs)
  expect(await runInputs(store, await claimed(store))).toEqual({ members: [], teacher: undefined })
})

test('a combination gets the models of its members, by name, and why others have none', async () => {
  const large = Uint8Array.from({ length: 2 ** 20 + 5 }, (_, index) => index)
  const store = await stored(
    {
      state: 'succeeded',
      message: 'a note',
      artifacts: [
        file('snapshot1.safetensors', 1),
        { ...file('model.safetensors'), data: large },
        file('scores.json', 2),
      ],
    },
    { state: 'failed', reason: 'diverged', message: 'at step 3' },
    { state: 'failed', reason: 'error', message: 'out of memory' },
    { state: 'cancelled' },
  )
  const combination = await claimed(store)
  const documents = combination.inputs.map(({ document }) => document)
  expect(await runInputs(store, combination)).toEqual({
    members: [
      {
        name: 'seed 1',
        state: 'succeeded',
        document: documents[0],
        models: [
          { name: 'snapshot1.safetensors', data: Uint8Array.of(1) },
          { name: 'model.safetensors', data: large },
        ],
      },
      { name: 'seed 2', state: 'failed', message: 'diverged: at step 3', document: documents[1], models: [] },
      {
        name: 'seed 3',
        state: 'failed',
        message: 'out of memory',
        document: documents[2],
        models: [],
      },
      { name: 'seed 4', state: 'cancelled', message: undefined, document: documents[3], models: [] },
    ],
    teacher: undefined,
  })
})

test('more models than a worker is given at once are refused', async () => {
  const store = await stored({ state: 'succeeded', artifacts: [file('model.safetensors', 1)] })
  const combination = await claimed(store)
  const inputs = combination.inputs.map((input) => ({
    ...input,
    artifacts: input.artifacts.map((artifact) => ({ ...artifact, bytes: mostInputBytes + 1 })),
  }))
  expect(await runInputs(store, { ...combination, inputs })).toEqual({
    reason: 'limit',
    message: "its members' models have 513 MiB together; at most 512",
  })
})

test.each<[Ending, object]>([
  [
    { state: 'succeeded', artifacts: [file('report.json', 1), file('model.safetensors', 5, 6)] },
    { members: [], teacher: Uint8Array.of(5, 6) },
  ],
  [
    { state: 'failed', reason: 'error', message: 'seed 1 diverged' },
    {
      reason: 'error',
      message: 'the ensemble that it was to learn from has no model: failed: seed 1 diverged',
    },
  ],
  [
    { state: 'cancelled' },
    { reason: 'error', message: 'the ensemble that it was to learn from has no model: cancelled' },
  ],
  [
    { state: 'succeeded', message: 'its model is too large' },
    {
      reason: 'error',
      message: 'the ensemble that it was to learn from kept no model: its model is too large',
    },
  ],
])('of an ensemble that ended as %j a student gets %j', async (ending, expected) => {
  const store = await stored({ state: 'succeeded' })
  await store.finish(await claimed(store), ending)
  expect(await runInputs(store, await claimed(store))).toEqual(expected)
})
