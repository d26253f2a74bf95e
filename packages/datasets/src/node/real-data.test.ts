import { describe, expect, it } from 'vitest'
import { noRandom, seededRandom } from '../../test/seeded-random.ts'
import type { Dataset, Split } from '../dataset.ts'
import type { DatasetSpec } from '../dataset-spec.ts'
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
