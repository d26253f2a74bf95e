import { runSchema } from '@thalweg/document'
import { maximumArtifactBytes } from '@thalweg/store'
import { expect, test } from 'vitest'
import { keptModel, mostModelBytes } from './kept-model.ts'

const run = { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' }, seed: 1 }
const [single, double] = [runSchema.parse(run), runSchema.parse({ ...run, precision: 'f64' })]

/** A training of so many parameters, whose file has so many bytes. */
const trainingOf = (parameterCount: number, fileBytes = 1) => ({
  totalSteps: 1,
  parameterCount,
  checkpointBytes: 1,
  backend: 'wasm',
  events: () => expect.unreachable(),
  saveModel: () => new Uint8Array(fileBytes),
  close: async () => {},
})

test('as much is kept as the store takes', () => {
  expect(mostModelBytes).toBe(maximumArtifactBytes)
})

test.each([
  [2 ** 26, 1, single, 1],
  [2 ** 25, 1, double, 1],
  [1, 2 ** 28, single, 2 ** 28],
])('%i parameters in a file of %i bytes are kept', (parameters, fileBytes, document, bytes) => {
  const kept = keptModel(trainingOf(parameters, fileBytes), document)
  expect('artifact' in kept && kept.artifact.data.length).toBe(bytes)
})

test.each([
  [2 ** 26 + 1, 1, single, 257],
  [2 ** 25 + 1, 1, double, 257],
  [1, 2 ** 28 + 1, single, 257],
])('%i parameters in a file of %i bytes are not', (parameters, fileBytes, document, size) => {
  const note = `its model has ${size} MiB and is not kept: a file may have 256`
  expect(keptModel(trainingOf(parameters, fileBytes), document)).toEqual({ note })
})
