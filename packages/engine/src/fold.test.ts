import { expect, it } from 'vitest'
import { foldsOf } from './fold.ts'
import { readRunData } from './run-data.ts'
import { createStreams } from './streams.ts'
import { runOf } from './trained.suite.ts'

const seed = 20_261_123

it('folds differ by one sample at most, of every class too, whatever the order of the labels', () => {
  const { order } = createStreams(seed)
  for (let trial = 0; trial < 200; trial++) {
    const labels = Int32Array.from({ length: 7 + order.below(50) }, () => order.below(4))
    const count = 2 + order.below(6)
    const folds = foldsOf(labels, count)
    const spread = (isCounted: (sample: number) => boolean) => {
      const sizes = new Int32Array(count)
      for (const [sample, fold] of folds.entries()) sizes[fold] += Number(isCounted(sample))
      return Math.max(...sizes) - Math.min(...sizes)
    }
    const drawn = `seed ${seed}, trial ${trial}`
    expect(
      spread(() => true),
      drawn,
    ).toBeLessThanOrEqual(1)
    for (let label = 0; label < 4; label++) {
      expect(
        spread((sample) => labels[sample] === label),
        drawn,
      ).toBeLessThanOrEqual(1)
    }
  }
})

it('more folds than samples are refused', () => {
  expect(() => foldsOf(new Int32Array(3), 4)).toThrow(
    new RangeError('dataset.fold: count must be in [2, 3], the samples, got 4'),
  )
})

it('each training sample validates in one fold and trains in the others; statistics are the fold’s own', async () => {
  const dataset = { name: 'blobs', samplesPerClass: 20, seed: 3 }
  const read = (more: object) => {
    const document = runOf({ dataset: { ...dataset, ...more } })
    return readRunData(document, undefined, createStreams(document.seed))
  }
  const rows = (features: Float32Array = new Float32Array()) =>
    Array.from({ length: features.length / 2 }, (_, row) => String(features.subarray(2 * row, 2 * row + 2)))
  const whole = rows((await read({})).train.features)
  const folds = await Promise.all([0, 1, 2].map((index) => read({ fold: { index, count: 3 } })))
  expect(folds.flatMap(({ validation }) => rows(validation.features)).toSorted()).toEqual(whole.toSorted())
  for (const { train, validation } of folds) {
    expect([...rows(train.features), ...rows(validation.features)].toSorted()).toEqual(whole.toSorted())
  }
  const scaled = await read({ fold: { index: 1, count: 3 }, preprocess: ['subtractMean'] })
  const sum = (scaled.train.features ?? new Float32Array()).reduce((total, value) => total + value, 0)
  expect(sum / scaled.train.samples).toBeCloseTo(0, 5)
})

it('data of a seed of their own are the same whatever the run’s seed', async () => {
  const data = { name: 'spirals', samplesPerClass: 20 }
  const read = async (dataset: object, own: number) =>
    (await readRunData(runOf({ dataset, seed: own }), undefined, createStreams(own))).train.features
  expect(await read({ ...data, seed: 4 }, 1)).toEqual(await read({ ...data, seed: 4 }, 2))
  expect(await read({ ...data, seed: 4 }, 1)).toEqual(await read(data, 4))
  expect(await read(data, 1)).not.toEqual(await read(data, 2))
})
