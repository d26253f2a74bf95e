import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { noRandom, seededRandom } from '../../test/seeded-random.ts'
import { temporaryDirectory } from '../../test/temporary-directory.ts'
import type { Dataset, Split } from '../dataset.ts'
import type { DatasetSpec } from '../dataset-spec.ts'
import { openRecords, type RecordSource } from './open-records.ts'
import { readDataset } from './read-dataset.ts'

const directory = process.env.THALWEG_DATA

function labelCounts(...splits: (Split | undefined)[]): number[] {
  const counts: number[] = []
  for (const split of splits)
    for (const label of split?.labels ?? []) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

function moments(values: Float32Array): { mean: number; standardDeviation: number } {
  let sum = 0
  let squares = 0
  for (const value of values) {
    sum += value
    squares += value * value
  }
  const mean = sum / values.length
  return { mean, standardDeviation: Math.sqrt(squares / values.length - mean * mean) }
}

/** Means of the red, green and blue plane. */
function channelMeans({ samples, features }: Split): number[] {
  const sums = [0, 0, 0]
  features.forEach((value, index) => {
    sums[Math.floor((index % 3072) / 1024)] += value
  })
  return sums.map((sum) => sum / (samples * 1024))
}

describe.skipIf(!directory)('real data', () => {
  it('mnist: label counts, first labels, mean and standard deviation of the pixels', async () => {
    const { train, test, shape } = await readDataset({ name: 'mnist' }, { directory, random: noRandom })
    expect(shape).toEqual([1, 28, 28])
    expect(labelCounts(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(labelCounts(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    expect([...train.labels.slice(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    expect([...(test?.labels.slice(0, 10) ?? [])]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    const { mean, standardDeviation } = moments(train.features)
    expect(mean).toBeCloseTo(0.13066, 5)
    expect(standardDeviation).toBeCloseTo(0.30811, 5)
  })

  const cifarSpec = {
    name: 'cifar10',
    files: { train: ['train-4000.bin'], validation: ['val-1000.bin'], test: ['test-1000.bin'] },
  } as const

  it('cifar10: label counts and channel means of the records', async () => {
    const { train, validation, test } = await readDataset(
      { ...cifarSpec, preprocess: [] },
      { directory, random: noRandom },
    )
    expect(labelCounts(train)).toEqual([396, 366, 420, 384, 422, 393, 414, 385, 407, 413])
    expect(labelCounts(validation)).toEqual([104, 94, 94, 88, 107, 96, 100, 103, 104, 110])
    expect(labelCounts(test)).toEqual([103, 89, 100, 103, 90, 86, 112, 102, 106, 109])
    const rounded = (split: Split) => channelMeans(split).map((mean) => Math.round(mean * 100) / 100)
    expect(rounded(train)).toEqual([125.36, 122.85, 113.39])
    expect(rounded(validation)).toEqual([125.4, 123.17, 114.05])
  })

  it('cifar10: the mean image of the training part is subtracted from every part', async () => {
    const { train, validation } = await readDataset(cifarSpec, { directory, random: noRandom })
    for (const mean of channelMeans(train)) expect(mean).toBeCloseTo(0, 4)
    const shifted = channelMeans(validation)
    ;[125.4 - 125.36, 123.17 - 122.85, 114.05 - 113.39].forEach((mean, channel) => {
      expect(Math.abs(shifted[channel] - mean)).toBeLessThan(0.011)
    })
  })

  it('cifar10: channels last are the same numbers, transposed', async () => {
    const spec = { ...cifarSpec, train: 100 }
    const first = await readDataset(spec, { directory, random: noRandom })
    const last = await readDataset(spec, { directory, random: noRandom, layout: 'channelsLast' })
    expect([first.shape, last.shape]).toEqual([
      [3, 32, 32],
      [32, 32, 3],
    ])
    const back = last.train.features.map((_, index) => {
      const [sample, channel, pixel] = [
        Math.floor(index / 3072),
        Math.floor((index % 3072) / 1024),
        index % 1024,
      ]
      return last.train.features[sample * 3072 + pixel * 3 + channel]
    })
    expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(first.train.features.buffer))).toBe(0)
  })

  /** Whether random rows of both parts are the same bits, read from the files and held in memory. */
  async function expectSameRows(source: RecordSource, dataset: Dataset): Promise<void> {
    const random = seededRandom(12)
    for (const [part, split] of [
      [source.train, dataset.train],
      [source.validation, dataset.validation],
    ] as const) {
      expect(part.labels).toEqual(split.labels)
      const target = new Float32Array(100 * source.featureCount)
      for (let batch = 0; batch < 5; batch++) {
        const indices = Int32Array.from({ length: 100 }, () => Math.floor(part.samples * random.uniform()))
        await part.read(indices, 100, target)
        indices.forEach((index, row) => {
          const bytes = ({ buffer }: Float32Array, sample: number) =>
            Buffer.from(buffer, sample * 4 * source.featureCount, 4 * source.featureCount)
          expect(bytes(target, row).equals(bytes(split.features, index)), `batch ${batch}, row ${row}`).toBe(
            true,
          )
        })
      }
    }
  }

  it('cifar10: streamed, the same bits as in memory, two files as one', async () => {
    for (const preprocess of [undefined, ['standardize']] as const) {
      const files = { train: ['test-1000.bin', 'val-1000.bin'] }
      const spec = { name: 'cifar10', files, train: 1300, validation: 500, preprocess } as const
      const source = await openRecords(spec, { directory, layout: 'channelsLast' })
      const dataset = await readDataset(spec, { directory, random: noRandom, layout: 'channelsLast' })
      await expectSameRows(source, dataset)
      await source.close()
    }
  })

  it('mnist: the gzipped file is refused, the inflated one streamed to the same bits', async () => {
    const files = { train: ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'] } as const
    const spec = { name: 'mnist', files, validation: 1000 } as const
    await expect(openRecords(spec, { directory })).rejects.toThrow(/^mnist\/t10k-images.*inflate it/)
    const read = (name: string) => readFile(join(directory ?? '', 'mnist', name))
    const temporary = await temporaryDirectory({
      'mnist/images': gunzipSync(await read(files.train[0])),
      'mnist/labels': await read(files.train[1]),
    })
    try {
      const source = await openRecords(
        { ...spec, files: { train: ['images', 'labels'] } },
        { directory: temporary.path },
      )
      await expectSameRows(source, await readDataset(spec, { directory, random: noRandom }))
      await source.close()
    } finally {
      await temporary.remove()
    }
  })

  const csv = (file: string, rest: Partial<DatasetSpec & { name: 'csv' }> = {}): Promise<Dataset> =>
    readDataset({ name: 'csv', file: `sklearn/${file}`, ...rest }, { directory, random: seededRandom(1) })

  it('iris: 150 x 4, 50 of each class, standardized', async () => {
    const { train, validation, shape, classes } = await csv('iris.csv', { skipLines: 1 })
    expect([shape, classes, train.samples, validation.samples]).toEqual([[4], 3, 120, 30])
    expect(labelCounts(train, validation)).toEqual([50, 50, 50])
    const { mean, standardDeviation } = moments(train.features)
    expect(mean).toBeCloseTo(0, 6)
    expect(standardDeviation).toBeCloseTo(1, 6)
  })

  it('iris without skipLines: names the header that is no data', async () => {
    await expect(csv('iris.csv')).rejects.toThrow(
      'sklearn/iris.csv, line 1, column 3: expected a finite number (or the option header or skipLines), received "setosa"',
    )
  })

  it('digits: gzipped, 1797 x 64, in the order of the file where nothing is held out', async () => {
    const { train, classNames, shape } = await csv('digits.csv.gz', { validation: 0, preprocess: [] })
    expect(shape).toEqual([64])
    expect(classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(labelCounts(train)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    expect([...train.labels.slice(0, 10)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(Math.max(...train.features)).toBe(16)
  })

  it('wine and breast cancer: class counts', async () => {
    const wine = await csv('wine_data.csv', { skipLines: 1 })
    expect(labelCounts(wine.train, wine.validation)).toEqual([59, 71, 48])
    const cancer = await csv('breast_cancer.csv', { skipLines: 1 })
    expect(labelCounts(cancer.train, cancer.validation)).toEqual([212, 357])
  })
})
