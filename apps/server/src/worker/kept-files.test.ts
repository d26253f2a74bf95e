import { runSchema } from '@thalweg/document'
import type { Training } from '@thalweg/engine'
import { maximumArtifactBytes } from '@thalweg/store'
import { expect, test } from 'vitest'
import { filesOf, keptFiles, mostBytesOfRun, mostFileBytes } from './kept-files.ts'

const run = { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' }, seed: 1 }
const [single, double] = [runSchema.parse(run), runSchema.parse({ ...run, precision: 'f64' })]

const file = (name: string, bytes: number) => ({
  name,
  mediaType: 'application/octet-stream',
  data: new Uint8Array(bytes),
})

/** A training of so many parameters, whose model has so many bytes. */
const trainingOf = (parameterCount: number, fileBytes = 1): Training => ({
  totalSteps: 1,
  parameterCount,
  checkpointBytes: 1,
  backend: 'wasm',
  events: () => expect.unreachable(),
  saveModel: () => expect.unreachable(),
  artifacts: () => [file('model.safetensors', fileBytes)],
  close: async () => {},
})

test('as much is kept as the store takes', () => {
  expect(mostFileBytes).toBe(maximumArtifactBytes)
})

test.each([
  [2 ** 26, 1, single, 1],
  [2 ** 25, 1, double, 1],
  [1, 2 ** 28, single, 2 ** 28],
])('%i parameters in a file of %i bytes are kept', (parameters, fileBytes, document, bytes) => {
  const { artifacts, notes } = filesOf(trainingOf(parameters, fileBytes), document)
  expect([artifacts.map(({ data }) => data.length), notes]).toEqual([[bytes], []])
})

test.each([
  [2 ** 26 + 1, 1, single],
  [2 ** 25 + 1, 1, double],
  [1, 2 ** 28 + 1, single],
])('%i parameters in a file of %i bytes are not', (parameters, fileBytes, document) => {
  expect(filesOf(trainingOf(parameters, fileBytes), document)).toEqual({
    artifacts: [],
    notes: ['its model has 257 MiB and is not kept: a file may have 256'],
  })
})

test('of many files the first are kept, as long as all together are few enough', () => {
  const half = mostFileBytes
  const files = [file('a', half), file('b', half), file('c', 1), file('d', 0)]
  const { artifacts, notes } = keptFiles(files)
  expect(mostBytesOfRun).toBe(2 * half)
  expect(artifacts.map(({ name }) => name)).toEqual(['a', 'b', 'd'])
  expect(notes).toEqual(['c is not kept: the files of a run may have 512 MiB together'])
})
