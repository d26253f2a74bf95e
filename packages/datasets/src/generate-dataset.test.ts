import { describe, expect, it } from 'vitest'
import { seededRandom } from '../test/seeded-random.ts'
import type { GeneratedDatasetSpec } from './dataset-spec.ts'
import { generateDataset } from './generate-dataset.ts'
import { spirals } from './spirals.ts'

describe('generateDataset', () => {
  it('holds out a fifth by default, and applies no preprocessing', () => {
    const dataset = generateDataset({ name: 'spirals' }, seededRandom(1))
    expect(dataset).toMatchObject({ name: 'spirals', shape: [2], featureCount: 2, classes: 3 })
    expect([dataset.train.samples, dataset.validation.samples]).toEqual([240, 60])
    expect(dataset.test).toBeUndefined()
    const points = [...spirals({}, seededRandom(1)).features].sort()
    expect([...dataset.train.features, ...dataset.validation.features].sort()).toEqual(points)
  })

  it('keeps the order of the generator where nothing is held out', () => {
    const { train } = generateDataset({ name: 'spirals', validation: 0 }, seededRandom(1))
    expect(train).toEqual(spirals({}, seededRandom(1)))
  })

  it.each<GeneratedDatasetSpec>([
    { name: 'spirals', classes: 4 },
    { name: 'moons', samples: 50 },
    { name: 'blobs', classes: 5, features: 7 },
  ])('repeats $name bit for bit, labels below classes', (spec) => {
    const dataset = generateDataset(spec, seededRandom(2))
    expect(dataset).toEqual(generateDataset(spec, seededRandom(2)))
    expect(new Set([...dataset.train.labels, ...dataset.validation.labels]).size).toBe(dataset.classes)
    expect(dataset.train.features.length).toBe(dataset.train.samples * dataset.featureCount)
  })

  it('preprocesses', () => {
    const { train } = generateDataset(
      { name: 'blobs', features: 1, preprocess: ['subtractMean'] },
      seededRandom(2),
    )
    expect(train.features.reduce((sum, value) => sum + value, 0) / train.samples).toBeCloseTo(0, 5)
  })

  it('names the field that is out of range', () => {
    expect(() => generateDataset({ name: 'moons', validation: 1 }, seededRandom(1))).toThrow(
      new RangeError('validation must be in [0, 1); received 1'),
    )
    expect(() =>
      generateDataset({ name: 'rings' } as unknown as GeneratedDatasetSpec, seededRandom(1)),
    ).toThrow(/^name must be that of a generated set; received .*rings/)
  })
})
