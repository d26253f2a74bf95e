import { describe, expect, it } from 'vitest'
import { seededRandom } from '../test/seeded-random.ts'
import { moons } from './moons.ts'

describe('moons', () => {
  it('is the formula of make_moons, worked by hand for 5 samples without noise', () => {
    const { samples, features, labels } = moons({ samples: 5, noise: 0 }, seededRandom(1))
    expect(samples).toBe(5)
    expect([...labels]).toEqual([0, 0, 1, 1, 1])
    // outer: a = 0, pi; inner: a = 0, pi/2, pi
    const expected = [1, 0, -1, 0, 0, 0.5, 1, -0.5, 2, 0.5]
    expected.forEach((value, index) => {
      expect(features[index]).toBeCloseTo(value, 7)
    })
  })

  it('puts every point of both moons on its half circle', () => {
    const { features, labels } = moons({ samples: 41, noise: 0 }, seededRandom(1))
    labels.forEach((label, sample) => {
      const [x, y] = [features[2 * sample], features[2 * sample + 1]]
      const [right, up] = label === 0 ? [x, y] : [x - 1, 0.5 - y]
      expect(Math.hypot(right, up)).toBeCloseTo(1, 6)
      expect(up).toBeGreaterThan(-1e-6)
    })
    expect(labels.filter((label) => label === 0)).toHaveLength(20)
  })

  it('adds normal noise of the asked standard deviation to both coordinates', () => {
    const samples = 20_000
    const clean = moons({ samples, noise: 0 }, seededRandom(1)).features
    const noisy = moons({ samples, noise: 0.3 }, seededRandom(5)).features
    for (const coordinate of [0, 1]) {
      let sum = 0
      let squares = 0
      let within = 0
      for (let index = coordinate; index < noisy.length; index += 2) {
        const difference = noisy[index] - clean[index]
        sum += difference
        squares += difference ** 2
        if (Math.abs(difference) < 0.3) within++
      }
      // Standard errors: 0.3 / sqrt(n) = 0.0021, 0.3 / sqrt(2 n) = 0.0015, 0.0033.
      expect(Math.abs(sum / samples)).toBeLessThan(0.008)
      expect(Math.abs(Math.sqrt(squares / samples) - 0.3)).toBeLessThan(0.006)
      expect(Math.abs(within / samples - 0.6827)).toBeLessThan(0.013)
    }
  })

  it('defaults to 400 samples with noise 0.1 and repeats with the same source', () => {
    expect(moons({}, seededRandom(2)).samples).toBe(400)
    expect(moons({}, seededRandom(2))).toEqual(moons({ samples: 400, noise: 0.1 }, seededRandom(2)))
  })

  it('refuses options out of range', () => {
    expect(() => moons({ samples: 1 }, seededRandom(1))).toThrow(
      new RangeError('samples must be an integer from 2 to 134217728; received 1'),
    )
    expect(() => moons({ noise: Infinity }, seededRandom(1))).toThrow(RangeError)
  })
})
