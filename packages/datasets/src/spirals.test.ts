import { describe, expect, it } from 'vitest'
import { scriptedRandom, seededRandom } from '../test/seeded-random.ts'
import { spirals } from './spirals.ts'

describe('spirals', () => {
  it('is the formula of the lecture notes, worked by hand for K = 2, N = 3, no noise', () => {
    const { samples, features, labels } = spirals(
      { classes: 2, samplesPerClass: 3, noise: 0 },
      seededRandom(1),
    )
    expect(samples).toBe(6)
    expect([...labels]).toEqual([0, 0, 0, 1, 1, 1])
    // r = 0, 1/2, 1; theta = 0, 2, 4 on arm 0 and 4, 6, 8 on arm 1; (r sin theta, r cos theta)
    const expected = [
      [0, 0],
      [0.5 * Math.sin(2), 0.5 * Math.cos(2)], // 0.45465, -0.20807
      [Math.sin(4), Math.cos(4)], // -0.75680, -0.65364
      [-0, -0], // 0 sin 4, 0 cos 4
      [0.5 * Math.sin(6), 0.5 * Math.cos(6)], // -0.13971, 0.48009
      [Math.sin(8), Math.cos(8)], // 0.98936, -0.14550
    ].flat()
    expect([...features]).toEqual([...Float32Array.from(expected)])
    expect(features[2]).toBeCloseTo(0.4546487, 7)
    expect(features[11]).toBeCloseTo(-0.1455, 6)
  })

  it('adds noise * normal to the angle, one draw per sample, and leaves the radius alone', () => {
    const random = scriptedRandom([], [5, -1])
    const { features } = spirals({ classes: 1, samplesPerClass: 2, noise: 0.5 }, random)
    expect(random.left()).toBe(0)
    expect(features[2]).toBeCloseTo(Math.sin(3.5), 6)
    expect(features[3]).toBeCloseTo(Math.cos(3.5), 6)
  })

  it('defaults to 3 arms of 100 samples and noise 0.2', () => {
    const { samples, features } = spirals({}, seededRandom(3))
    expect(samples).toBe(300)
    let squares = 0
    for (let sample = 1; sample < 300; sample++) {
      const position = sample % 100
      if (position === 0) continue
      const clean = (Math.floor(sample / 100) + position / 99) * 4
      const angle = Math.atan2(features[2 * sample], features[2 * sample + 1])
      squares += Math.asin(Math.sin(angle - clean)) ** 2
      expect(Math.hypot(features[2 * sample], features[2 * sample + 1])).toBeCloseTo(position / 99, 5)
    }
    expect(Math.sqrt(squares / 297)).toBeCloseTo(0.2, 1)
  })

  it('repeats bit for bit with the same source, and differs with another', () => {
    expect(spirals({}, seededRandom(7))).toEqual(spirals({}, seededRandom(7)))
    expect(spirals({}, seededRandom(7))).not.toEqual(spirals({}, seededRandom(8)))
  })

  it('places a single sample per arm at the centre', () => {
    const { features } = spirals({ samplesPerClass: 1, noise: 0 }, seededRandom(1))
    expect([...features].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('refuses options out of range', () => {
    const random = seededRandom(1)
    expect(() => spirals({ classes: 0 }, random)).toThrow(
      new RangeError('classes must be an integer from 1 to 134217728; received 0'),
    )
    expect(() => spirals({ samplesPerClass: 2.5 }, random)).toThrow(
      /^samplesPerClass must be an integer.* 2.5$/,
    )
    expect(() => spirals({ noise: -0.1 }, random)).toThrow(
      new RangeError('noise must be a finite number >= 0; received -0.1'),
    )
    expect(() => spirals({ noise: Number.NaN }, random)).toThrow(RangeError)
    expect(() => spirals({ classes: 1e5, samplesPerClass: 1e5 }, random)).toThrow(RangeError)
    expect(() => spirals({ noise: '1' as unknown as number }, random)).toThrow(
      new TypeError('noise must be a number; received string'),
    )
  })
})
