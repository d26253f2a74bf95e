import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { noRandom, seededRandom } from '../../test/seeded-random.ts'
import { cifarFile, idxFile, temporaryDirectory } from '../../test/temporary-directory.ts'
import type { DatasetSpec } from '../dataset-spec.ts'
import { generateDataset } from '../generate-dataset.ts'
import { readDataset } from './read-dataset.ts'

const removals: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const remove of removals.splice(0)) await remove()
})

async function directoryWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const { path, remove } = await temporaryDirectory(files)
  removals.push(remove)
  return path
}

const digits = {
  'mnist/train-images-idx3-ubyte.gz': gzipSync(idxFile([4, 1, 2], [0, 255, 51, 1, 2, 3, 4, 5])),
  'mnist/train-labels-idx1-ubyte': idxFile([4], [5, 0, 4, 1]),
  'mnist/t10k-images.idx3-ubyte': idxFile([2, 1, 2], [102, 0, 0, 0]),
  'mnist/t10k-labels.idx1-ubyte.gz': gzipSync(idxFile([2], [7, 2])),
}

describe('readDataset mnist', () => {
  it('finds the official files in each spelling, gzipped or not, and scales to [0, 1]', async () => {
    const directory = await directoryWith(digits)
    const dataset = await readDataset({ name: 'mnist' }, { directory, random: noRandom })
    expect(dataset).toMatchObject({ name: 'mnist', shape: [1, 1, 2], featureCount: 2, classes: 10 })
    expect([...dataset.train.labels]).toEqual([5, 0, 4, 1])
    expect([...dataset.train.features.slice(0, 3)]).toEqual([0, 1, Math.fround(0.2)])
    expect(dataset.validation.samples).toBe(0)
    expect([...(dataset.test?.labels ?? [])]).toEqual([7, 2])
    expect(dataset.test?.features[0]).toBe(Math.fround(0.4))
  })

  it('holds out the end of the training file, then limits train', async () => {
    const directory = await directoryWith(digits)
    const dataset = await readDataset(
      { name: 'mnist', train: 2, validation: 1, test: 1, preprocess: [] },
      { directory, random: noRandom },
    )
    expect([...dataset.train.labels]).toEqual([5, 0])
    expect([...dataset.train.features]).toEqual([0, 255, 51, 1])
    expect([...dataset.validation.labels]).toEqual([1])
    expect([...dataset.validation.features]).toEqual([4, 5])
    expect([...(dataset.test?.labels ?? [])]).toEqual([7])
  })

  it('reads named files, a validation file among them, and no test file then', async () => {
    const directory = await directoryWith({
      'mnist/a': idxFile([1, 1, 1], [9]),
      'mnist/b': idxFile([1], [3]),
      'mnist/sub/c': idxFile([2, 1, 1], [8, 7]),
      'mnist/sub/d': idxFile([2], [1, 2]),
      'mnist/wide': idxFile([1, 1, 2], [8, 7]),
    })
    const files = { train: ['a', 'b'], validation: ['sub/c', 'sub/d'] } as const
    const dataset = await readDataset({ name: 'mnist', files }, { directory, random: noRandom })
    expect([...dataset.validation.labels]).toEqual([1, 2])
    expect(dataset.test).toBeUndefined()
    const first = await readDataset({ name: 'mnist', validation: 1, files }, { directory, random: noRandom })
    expect([...first.validation.labels]).toEqual([1])
    await expect(
      readDataset(
        { name: 'mnist', files: { train: ['a', 'b'], test: ['wide', 'b'] } },
        { directory, random: noRandom },
      ),
    ).rejects.toThrow('mnist/wide, byte 8: expected images of 1 x 1 pixels, as for training, received 1 x 2')
  })

  it('refuses more samples than there are', async () => {
    const directory = await directoryWith(digits)
    const read = (counts: { train?: number; validation?: number; test?: number }) =>
      readDataset({ name: 'mnist', ...counts }, { directory, random: noRandom })
    await expect(read({ train: 4, validation: 1 })).rejects.toThrow(
      'mnist/train-images-idx3-ubyte.gz: expected 4 samples for train and 1 for validation, received 4',
    )
    await expect(read({ validation: 4 })).rejects.toMatchObject({ code: 'mismatch' })
    await expect(read({ test: 3 })).rejects.toThrow(
      'mnist/t10k-images.idx3-ubyte: expected 3 samples for test, received 2',
    )
    await expect(read({ train: 0 })).rejects.toThrow(/^train must be an integer from 1 to \d+; received 0$/)
  })
})

describe('readDataset cifar10', () => {
  const batches = {
    'cifar10/data_batch_1.bin': cifarFile([0, 1], 10),
    'cifar10/data_batch_2.bin': cifarFile([2], 20),
    'cifar10/data_batch_3.bin': gzipSync(cifarFile([3, 4], 30)),
    'cifar10/data_batch_4.bin': cifarFile([5], 40),
    'cifar10/data_batch_5.bin': cifarFile([6, 7], 50),
    'cifar10/test_batch.bin': cifarFile([8, 9], 60),
  }

  it('reads the official batches as one sequence and subtracts the training mean', async () => {
    const directory = await directoryWith(batches)
    const dataset = await readDataset(
      { name: 'cifar10', train: 4, validation: 3, test: 1 },
      { directory, random: noRandom },
    )
    expect(dataset).toMatchObject({ shape: [3, 32, 32], featureCount: 3072, classes: 10 })
    expect([...dataset.train.labels]).toEqual([0, 1, 2, 3])
    expect([...dataset.validation.labels]).toEqual([5, 6, 7])
    expect([...(dataset.test?.labels ?? [])]).toEqual([8])
    const firstPixels = (features: Float32Array | undefined) =>
      [...(features ?? [])].filter((_, index) => index % 3072 === 3071)
    expect(firstPixels(dataset.train.features)).toEqual([-7.5, -7.5, 2.5, 12.5]) // mean of 10, 10, 20, 30
    expect(firstPixels(dataset.validation.features)).toEqual([22.5, 32.5, 32.5])
    expect(firstPixels(dataset.test?.features)).toEqual([42.5])
  })

  it('transposes images where channels are to come last, before statistics are computed', async () => {
    const record = Uint8Array.from({ length: 3073 }, (_, index) => (index === 0 ? 4 : (index - 1) >> 10))
    const directory = await directoryWith({ 'cifar10/data_batch_2.bin': record })
    const read = (layout?: 'channelsLast') =>
      readDataset(
        { name: 'cifar10', files: { train: ['data_batch_2.bin'] }, preprocess: [] },
        { directory, layout, random: noRandom },
      )
    const [first, last] = [await read(), await read('channelsLast')]
    expect([first.shape, last.shape]).toEqual([
      [3, 32, 32],
      [32, 32, 3],
    ])
    expect([first.image, last.image]).toEqual([
      [32, 32, 3],
      [32, 32, 3],
    ])
    expect([...first.train.features]).toEqual(Array.from({ length: 3072 }, (_, index) => index >> 10))
    expect([...last.train.features]).toEqual(Array.from({ length: 3072 }, (_, index) => index % 3))
  })

  it('reads named files; without files.test no test part, unless samples of it are asked for', async () => {
    const directory = await directoryWith({ ...batches, 'cifar10/val.bin': cifarFile([9, 9], 7) })
    const read = (spec: Omit<DatasetSpec & { name: 'cifar10' }, 'name'>) =>
      readDataset({ name: 'cifar10', preprocess: [], ...spec }, { directory, random: noRandom })
    const train = ['data_batch_2.bin', 'data_batch_1.bin']
    const bare = await read({ files: { train } })
    expect([...bare.train.labels]).toEqual([2, 0, 1])
    expect([bare.validation.samples, bare.test]).toEqual([0, undefined])
    const whole = await read({ validation: 1, test: 2, files: { train, validation: ['val.bin'] } })
    expect([whole.train.samples, whole.validation.samples, whole.test?.samples]).toEqual([3, 1, 2])
    expect((await read({ test: 0 })).test).toBeUndefined()
  })
})

describe('readDataset csv', () => {
  const rows = Array.from({ length: 20 }, (_, index) => `${index},${index * index},${index % 2}`).join('\n')

  it('holds out test and validation as fractions of all samples, and standardizes', async () => {
    const directory = await directoryWith({ 'table.csv.gz': gzipSync(rows), 'sub/table.csv': rows })
    const spec = { name: 'csv', file: 'table.csv.gz', test: 0.25 } as const
    const dataset = await readDataset(spec, { directory, random: seededRandom(1) })
    expect([dataset.train.samples, dataset.validation.samples, dataset.test?.samples]).toEqual([11, 4, 5])
    expect(dataset).toMatchObject({ shape: [2], classes: 2, classNames: ['0', '1'] })
    const mean = dataset.train.features.filter((_, index) => index % 2 === 0).reduce((a, b) => a + b, 0) / 11
    expect(mean).toBeCloseTo(0, 6)

    const again = await readDataset(
      { ...spec, file: 'sub/table.csv' },
      { directory, random: seededRandom(1) },
    )
    expect(again).toEqual(dataset)
    const other = await readDataset(spec, { directory, random: seededRandom(2) })
    expect(other.train.features).not.toEqual(dataset.train.features)
  })

  it('reads all rows once, between its parts', async () => {
    const directory = await directoryWith({ 'table.csv': rows })
    const { train, validation, test } = await readDataset(
      { name: 'csv', file: 'table.csv', test: 0.25, validation: 0.25, preprocess: [] },
      { directory, random: seededRandom(4) },
    )
    const ids = [train, validation, test].flatMap((part) =>
      [...(part?.features ?? [])].filter((_, index) => index % 2 === 0),
    )
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  it('refuses fractions that leave nothing, and bytes that are no text', async () => {
    const directory = await directoryWith({ 'table.csv': rows, latin: Uint8Array.of(0xe9, 0x2c, 0x31) })
    const read = (spec: object) =>
      readDataset({ name: 'csv', file: 'table.csv', ...spec }, { directory, random: noRandom })
    await expect(read({ validation: 0.5, test: 0.5 })).rejects.toThrow(
      new RangeError('validation + test must be below 1; received 0.5 + 0.5'),
    )
    await expect(read({ file: 'latin' })).rejects.toThrow('latin: expected UTF-8 text, received other bytes')
    await expect(read({ file: 7 })).rejects.toThrow(
      new TypeError('file must be a file name; received number'),
    )
  })
})

describe('readDataset', () => {
  it('generates without a directory', async () => {
    const spec = { name: 'moons', samples: 10 } as const
    const dataset = await readDataset(spec, { directory: undefined, random: seededRandom(6) })
    expect(dataset).toEqual(generateDataset(spec, seededRandom(6)))
  })

  it('says that THALWEG_DATA is not set, and which files are wanted', async () => {
    const spec = { name: 'cifar10', files: { train: ['a.bin'], validation: ['b.bin'] } } as const
    for (const directory of [undefined, ''])
      await expect(readDataset(spec, { directory, random: noRandom })).rejects.toThrow(
        'cifar10/a.bin, cifar10/b.bin: expected a data directory, received none: THALWEG_DATA is not set',
      )
  })

  it('refuses an unknown name or step before it reads', async () => {
    const read = (spec: object) => readDataset(spec as DatasetSpec, { random: noRandom })
    await expect(read({ name: 'imagenet' })).rejects.toThrow(
      new RangeError(
        'name must be one of spirals, moons, blobs, glyphs, mnist, cifar10, csv; received "imagenet"',
      ),
    )
    await expect(read({ name: 'mnist', preprocess: ['whiten'] })).rejects.toThrow(
      /^preprocess\[0\] must be one of/,
    )
    await expect(
      readDataset({ name: 'mnist' }, { random: noRandom, layout: 'NHWC' as 'channelsLast' }),
    ).rejects.toThrow(/^layout must be one of channelsFirst, channelsLast; received "NHWC"$/)
    await expect(read({ name: 'mnist', files: { train: ['a'] } })).rejects.toThrow(
      new RangeError('files.train must name 2 files; received 1'),
    )
    await expect(read({ name: 'cifar10', files: { test: [] } })).rejects.toThrow(
      new RangeError('files.test must name at least 1 file; received 0'),
    )
  })
})
