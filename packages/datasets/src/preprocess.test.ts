import { describe, expect, it } from 'vitest'
import { seededRandom } from '../test/seeded-random.ts'
import { blobs } from './blobs.ts'
import type { Dataset, Split } from './dataset.ts'
import { type PreprocessStep, preprocess } from './preprocess.ts'

const part = (...rows: number[][]): Split => ({
  samples: rows.length,
  features: Float32Array.from(rows.flat()),
  labels: new Int32Array(rows.length),
})

function datasetOf(train: Split, validation: Split, test?: Split): Dataset {
  const featureCount = train.features.length / train.samples
  const parts = { train, validation, ...(test === undefined ? {} : { test }) }
  return { name: 'blobs', shape: [featureCount], featureCount, classes: 1, ...parts }
}

describe('preprocess', () => {
  it('is worked by hand for each step', () => {
    const dataset = datasetOf(part([0, 5], [51, 5], [255, 5]), part([102, 6]), part([102, 4]))
    const values = (step: PreprocessStep) => {
      const { train, validation, test } = preprocess(dataset, [step])
      return [train, validation, test].map((split) => [...(split?.features ?? [])])
    }
    const f32 = (...numbers: number[]) => [...Float32Array.from(numbers)]
    expect(values('scaleToUnit')).toEqual([
      f32(0, 5 / 255, 0.2, 5 / 255, 1, 5 / 255),
      f32(0.4, 6 / 255),
      f32(0.4, 4 / 255),
    ])
    // mean of the training part (102, 5), whatever the others hold
    expect(values('subtractMean')).toEqual([
      [-102, 0, -51, 0, 153, 0],
      [0, 1],
      [0, -1],
    ])
    // variance (102^2 + 51^2 + 153^2) / 3 = 12138; the second feature is constant: sd 1
    const sd = Math.sqrt(12138)
    expect(values('standardize')).toEqual([f32(-102 / sd, 0, -51 / sd, 0, 153 / sd, 0), [0, 1], [0, -1]])
  })

  it('leaves the training part with mean 0 and standard deviation 1', () => {
    const train = blobs({ classes: 4, features: 5, samplesPerClass: 200, spread: 3 }, seededRandom(3))
    const { train: standardized } = preprocess(datasetOf(train, part()), ['standardize'])
    for (let feature = 0; feature < 5; feature++) {
      let sum = 0
      let squares = 0
      for (let index = feature; index < standardized.features.length; index += 5) {
        sum += standardized.features[index]
        squares += standardized.features[index] ** 2
      }
      expect(sum / 800).toBeCloseTo(0, 6)
      expect(squares / 800).toBeCloseTo(1, 6)
    }
  })

  it('applies steps in order, each with statistics after those before', () => {
    const dataset = datasetOf(part([10], [20], [60]), part([255]))
    const both = preprocess(dataset, ['scaleToUnit', 'subtractMean'])
    expect(both.validation.features[0]).toBeCloseTo(1 - 30 / 255, 6)
    const reverse = preprocess(dataset, ['subtractMean', 'scaleToUnit'])
    expect(reverse.validation.features[0]).toBeCloseTo(225 / 255, 6)
    expect(preprocess(dataset, [])).toEqual(dataset)
  })

  it('sums means in f64', () => {
    // In f32, 2^24 + 1 is 2^24: a running sum would lose every 1.
    const rows = [[2 ** 24], ...Array.from({ length: 1023 }, () => [1])]
    const { validation } = preprocess(datasetOf(part(...rows), part([0])), ['subtractMean'])
    expect(validation.features[0]).toBe(Math.fround(-(2 ** 24 + 1023) / 1024))
  })

  it('turns a constant feature into exact zeros, though its rounded sum misses it', () => {
    const rows = Array.from({ length: 10 }, () => [0.1])
    const { train, validation } = preprocess(datasetOf(part(...rows), part([1.1])), ['standardize'])
    expect([...train.features]).toEqual(rows.map(() => 0))
    expect(validation.features[0]).toBeCloseTo(1, 6)
  })

  it('leaves what is passed in unchanged', () => {
    const dataset = datasetOf(part([1], [2]), part([3]))
    preprocess(dataset, ['standardize'])
    expect(dataset).toEqual(datasetOf(part([1], [2]), part([3])))
  })

  it('refuses an unknown step, and parts of another width', () => {
    const dataset = datasetOf(part([1], [2]), part([3]))
    expect(() => preprocess(dataset, ['subtractMean', 'whiten' as PreprocessStep])).toThrow(
      new RangeError(
        'preprocess[1] must be one of scaleToUnit, subtractMean, standardize; received "whiten"',
      ),
    )
    expect(() => preprocess({ ...dataset, validation: part([1, 2]) }, [])).toThrow(
      new RangeError('every part must have 1 features per sample; received 2'),
    )
  })
})
