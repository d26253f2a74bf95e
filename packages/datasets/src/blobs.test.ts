import { describe, expect, it } from 'vitest'
import { scriptedRandom, seededRandom } from '../test/seeded-random.ts'
import { blobs } from './blobs.ts'

describe('blobs', () => {
  it('draws centres in [-10, 10] first, then centre + spread * normal', () => {
    // centres: 20 u - 10 = (-10, 0), (5, 10)
    const random = scriptedRandom([0, 0.5, 0.75, 1], [0, 1, -1, 2, 0, 0, 0.5, -0.5])
    const { samples, features, labels } = blobs({ classes: 2, samplesPerClass: 2, spread: 2 }, random)
    expect(samples).toBe(4)
    expect([...labels]).toEqual([0, 0, 1, 1])
    expect([...features]).toEqual([-10, 2, -12, 4, 5, 10, 6, 9])
    expect(random.left()).toBe(0)
  })

  it('gives each class the spread asked for, in every direction, uncorrelated', () => {
    const perClass = 5000
    const { features } = blobs(
      { classes: 2, features: 3, samplesPerClass: perClass, spread: 0.5 },
      seededRandom(9),
    )
    for (const label of [0, 1]) {
      const column = (feature: number) =>
        Array.from({ length: perClass }, (_, index) => features[(label * perClass + index) * 3 + feature])
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
      const centred = [0, 1, 2].map((feature) => {
        const values = column(feature)
        const centre = mean(values)
        expect(Math.abs(centre)).toBeLessThan(10.1)
        return values.map((value) => value - centre)
      })
      for (const values of centred)
        expect(Math.abs(Math.sqrt(mean(values.map((value) => value ** 2))) - 0.5)).toBeLessThan(0.02)
      expect(Math.abs(mean(centred[0].map((value, index) => value * centred[1][index])))).toBeLessThan(0.015)
    }
  })

  it('defaults to 3 classes of 100 samples with 2 features, spread 1, and repeats', () => {
    const standard = blobs({}, seededRandom(4))
    expect(standard).toEqual(
      blobs({ classes: 3, samplesPerClass: 100, features: 2, spread: 1 }, seededRandom(4)),
    )
    expect(standard.features).toHaveLength(600)
  })

  it('refuses options out of range', () => {
    expect(() => blobs({ features: 0 }, seededRandom(1))).toThrow(/^features must be an integer from 1/)
    expect(() => blobs({ spread: -1 }, seededRandom(1))).toThrow(/^spread must be .* received -1$/)
    expect(() => blobs({ classes: 1000, features: 1000, samplesPerClass: 1000 }, seededRandom(1))).toThrow(
      new RangeError('samplesPerClass must be an integer from 1 to 268; received 1000'),
    )
  })
})
