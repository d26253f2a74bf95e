import { availableParallelism } from 'node:os'
import { runSchema } from '@thalweg/document'
import type { Training } from '@thalweg/engine'
import { expect, test } from 'vitest'
import { runEnding } from './run-ending.ts'

const document = runSchema.parse({ dataset: { name: 'spirals' }, optimizer: { name: 'sgd' }, seed: 1 })
const data = Uint8Array.of(1, 2, 3)
const artifacts = [{ name: 'model.safetensors', mediaType: 'application/octet-stream', data }]
const training: Training = {
  totalSteps: 9,
  parameterCount: 3,
  checkpointBytes: 12,
  backend: 'wasm',
  events: () => expect.unreachable(),
  saveModel: () => data,
  artifacts: () => artifacts,
  close: async () => {},
}
const done = { type: 'done', outcome: 'succeeded', step: 9 } as const

test('a run that succeeded leaves its model', () => {
  expect(runEnding(done, document, training, 0)).toEqual({ state: 'succeeded', artifacts })
  const early = runEnding({ ...done, stoppedEarly: true }, document, training, 0)
  expect(early).toEqual({ state: 'succeeded', stoppedEarly: true, artifacts })
  const solver = { status: 'line-search-failed', message: 'no acceptable step' }
  const ended = runEnding({ ...done, solver }, document, training, 0)
  expect(ended).toEqual({ state: 'succeeded', solver, artifacts })
  const timed = runEnding({ ...done, predictionTimeMs: 1.5 }, document, training, 0)
  expect(timed).toEqual({ state: 'succeeded', predictionTimeMs: 1.5, artifacts })
})

test('one that diverged says where, and leaves none', () => {
  expect(runEnding({ ...done, outcome: 'diverged', step: 4 }, document, training, 5)).toEqual({
    state: 'failed',
    reason: 'diverged',
    message: 'a loss or gradient was not finite at step 4',
  })
})

test('what is not as it was asked for is noted', () => {
  const cores = availableParallelism()
  const fits = runEnding(done, { ...document, threads: cores }, training, 0)
  expect(fits).not.toHaveProperty('message')
  const large = { ...training, parameterCount: 1e9 }
  expect(runEnding(done, { ...document, threads: cores + 1 }, large, 7)).toEqual({
    state: 'succeeded',
    message: [
      'its model has 3815 MiB and is not kept: a file may have 256',
      `its ${cores + 1} threads shared ${cores} cores`,
      'of its series of tensors the first 1000 are kept, 7 are not',
    ].join('; '),
    artifacts: [],
  })
})
