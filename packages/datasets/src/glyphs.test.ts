import { describe, expect, it } from 'vitest'
import { scriptedRandom, seededRandom } from '../test/seeded-random.ts'
import { trainedAccuracy } from '../test/softmax-net.ts'
import { digitStrokes } from './digit-strokes.ts'
import { generateDataset } from './generate-dataset.ts'
import { glyphs } from './glyphs.ts'

/** Uniform numbers that give size, width, shear, shifts and thickness. */
const half = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]

/** The image of a digit as `half` draws it: the pen is pressed down at many points along the strokes. */
function stippled(digit: number): number[] {
  const [scale, thickness] = [1.3, 1.3]
  const points: [x: number, y: number][] = []
  for (const stroke of digitStrokes[digit])
    for (let start = 0; start + 3 < stroke.length; start += 2)
      for (let part = 0; part <= 1000; part++) {
        const at = (axis: number) =>
          stroke[start + axis] + (part / 1000) * (stroke[start + 2 + axis] - stroke[start + axis])
        points.push([5.5 + scale * (at(0) - 2), 5.5 + scale * (at(1) - 3)])
      }
  return Array.from({ length: 144 }, (_, pixel) => {
    const distances = points.map(([x, y]) => Math.hypot((pixel % 12) - x, Math.floor(pixel / 12) - y))
    return Math.min(Math.max(thickness / 2 + 0.5 - Math.min(...distances), 0), 1)
  })
}

describe('glyphs', () => {
  it('draws every digit as a pen pressed down along its strokes does', () => {
    const random = scriptedRandom(
      digitStrokes.flatMap(() => half),
      [],
    )
    const { samples, features, labels } = glyphs({ samplesPerClass: 1, noise: 0 }, random)
    expect(samples).toBe(10)
    expect([...labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (let digit = 0; digit < 10; digit++)
      for (const [pixel, ink] of stippled(digit).entries())
        expect(Math.abs(features[digit * 144 + pixel] - ink), `digit ${digit}, pixel ${pixel}`).toBeLessThan(
          1e-3,
        )
  })

  it('moves, leans and grows as drawn: the ends of the 1, worked by hand', () => {
    // size 1.5, width 1.5 * 0.8, shear 0.2, shift (1.5, -1.5), thickness 0.8. The foot of the 1 is at (2.2, 6) of the
    // box: down 1.5 * 3 = 4.5 from the middle, right 1.2 * 0.2 - 0.2 * 4.5 = -0.66; so x = 5.5 + 1.5 - 0.66 = 6.34 and
    // y = 5.5 - 1.5 + 4.5 = 8.5. The stroke rises to the right by 0.2 per pixel: x = 6.34 + 0.2 (8.5 - y).
    const random = scriptedRandom(
      [...half, 1, 0, 1, 1, 0, 0, ...Array.from({ length: 8 }, () => half).flat()],
      [],
    )
    const { features } = glyphs({ samplesPerClass: 1, noise: 0 }, random)
    expect(random.left()).toBe(0)
    const ink = (x: number, y: number) => features[144 + 12 * y + x]
    const across = (x: number, y: number) => Math.abs(x - (6.34 + 0.2 * (8.5 - y))) / Math.hypot(1, 0.2)
    for (const [x, y] of [
      [6, 6],
      [7, 6],
      [8, 6],
      [6, 8],
      [7, 5],
    ])
      expect(ink(x, y)).toBeCloseTo(Math.max(Math.min(0.9 - across(x, y), 1), 0), 5)
    expect(ink(6, 9)).toBeCloseTo(0.9 - Math.hypot(0.34, 0.5), 5)
    expect(ink(6, 10)).toBe(0)
  })

  it('adds normal noise of the asked standard deviation to every pixel, six uniform numbers before each image', () => {
    const clean = glyphs(
      { samplesPerClass: 1, noise: 0 },
      scriptedRandom(
        digitStrokes.flatMap(() => half),
        [],
      ),
    )
    const normals = Array.from({ length: 1440 }, (_, index) => index % 7)
    const noisy = glyphs(
      { samplesPerClass: 1, noise: 0.5 },
      scriptedRandom(
        digitStrokes.flatMap(() => half),
        [...normals],
      ),
    )
    normals.forEach((normal, index) => {
      expect(noisy.features[index]).toBeCloseTo(clean.features[index] + 0.5 * normal, 5)
    })
  })

  it('defaults to 200 images a digit with noise 0.1, and repeats', () => {
    expect(glyphs({}, seededRandom(3))).toEqual(glyphs({ samplesPerClass: 200, noise: 0.1 }, seededRandom(3)))
    expect(glyphs({}, seededRandom(3)).features).not.toEqual(glyphs({}, seededRandom(4)).features)
  })

  it('can be learned, but not by a linear classifier', () => {
    const data = {
      train: glyphs({ samplesPerClass: 200 }, seededRandom(1)),
      heldOut: glyphs({ samplesPerClass: 50 }, seededRandom(99)),
    }
    const linear = trainedAccuracy(data, 10, 0, 10, seededRandom(3))
    const hidden = trainedAccuracy(data, 10, 32, 10, seededRandom(3))
    expect(linear).toBeGreaterThan(0.6)
    expect(linear).toBeLessThan(0.86)
    expect(hidden).toBeGreaterThan(0.9)
  })

  it('is a data set of images by name, in both layouts the same numbers', () => {
    const first = generateDataset({ name: 'glyphs', samplesPerClass: 2 }, seededRandom(5))
    expect(first).toMatchObject({ shape: [1, 12, 12], image: [12, 12, 1], featureCount: 144, classes: 10 })
    expect(first.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect([first.train.samples, first.validation.samples]).toEqual([16, 4])
    const last = generateDataset({ name: 'glyphs', samplesPerClass: 2 }, seededRandom(5), {
      layout: 'channelsLast',
    })
    expect(last).toEqual({ ...first, shape: [12, 12, 1] })
  })

  it('refuses options out of range', () => {
    expect(() => glyphs({ samplesPerClass: 0 }, seededRandom(1))).toThrow(
      new RangeError('samplesPerClass must be an integer from 1 to 186413; received 0'),
    )
    expect(() => glyphs({ noise: -1 }, seededRandom(1))).toThrow(
      new RangeError('noise must be a finite number >= 0; received -1'),
    )
  })
})
