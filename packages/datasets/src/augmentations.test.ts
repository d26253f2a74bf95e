import { describe, expect, it } from 'vitest'
import { scriptedRandom, seededRandom } from '../test/seeded-random.ts'
import { augmentImage } from './augment-image.ts'
import { type AugmentationSpec, checkAugmentations, drawAugmentation } from './augmentations.ts'
import type { ImageShape } from './image.ts'

const shape: ImageShape = [8, 6, 3]

describe('drawAugmentation', () => {
  it('is worked by hand: a flip below 1/2, then rows and columns of the shift', () => {
    // floor(0.99 * 5) - 2 = 2, floor(0.3 * 5) - 2 = -1
    const augmentations: AugmentationSpec[] = [{ name: 'flip' }, { name: 'shift', pixels: 2 }]
    const random = scriptedRandom([0.49, 0.99, 0.3, 0.5, 0, 0.5], [])
    expect(drawAugmentation(augmentations, shape, random)).toEqual({ flip: 1, rowShift: 2, columnShift: -1 })
    expect(drawAugmentation(augmentations, shape, random)).toEqual({ flip: 0, rowShift: -2, columnShift: 0 })
    expect(random.left()).toBe(0)
  })

  it('draws nothing from an empty list, and leaves the image as it is', () => {
    expect(drawAugmentation([], shape, scriptedRandom([], []))).toEqual({
      flip: 0,
      rowShift: 0,
      columnShift: 0,
    })
  })

  it.each<[string, AugmentationSpec[]]>([
    ['shift, then flip', [{ name: 'shift', pixels: 3 }, { name: 'flip' }]],
    ['flip, then crop', [{ name: 'flip' }, { name: 'crop', padding: 3 }]],
    ['crop, then flip', [{ name: 'crop', padding: 5 }, { name: 'flip' }]],
  ])('joins %s as if each were applied in its turn', (_, augmentations) => {
    const random = seededRandom(5)
    const image = Float32Array.from({ length: 8 * 6 * 3 }, () => random.normal())
    for (let seed = 1; seed <= 40; seed++) {
      const joined = augmentImage(image, shape, drawAugmentation(augmentations, shape, seededRandom(seed)))
      const source = seededRandom(seed)
      const stepwise = augmentations.reduce(
        (result, each) => augmentImage(result, shape, drawAugmentation([each], shape, source)),
        image as Float32Array,
      )
      expect(joined, `seed ${seed}`).toEqual(stepwise)
    }
  })

  it.each<AugmentationSpec>([
    { name: 'shift', pixels: 2 },
    { name: 'crop', padding: 2 },
  ])('$name takes each of the 5 x 5 places equally often', (augmentation) => {
    const random = seededRandom(8)
    const counts = new Uint32Array(25)
    for (let draw = 0; draw < 25_000; draw++) {
      const { rowShift, columnShift, flip } = drawAugmentation([augmentation], shape, random)
      expect(flip).toBe(0)
      counts[(rowShift + 2) * 5 + columnShift + 2]++
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(140) // standard deviation 31
  })

  it('flips half of the images', () => {
    const random = seededRandom(9)
    let flips = 0
    for (let draw = 0; draw < 10_000; draw++)
      flips += drawAugmentation([{ name: 'flip' }], shape, random).flip
    expect(Math.abs(flips - 5000)).toBeLessThan(220) // standard deviation 50
  })
})

describe('checkAugmentations', () => {
  const check = (...augmentations: object[]) =>
    checkAugmentations(augmentations as AugmentationSpec[], [8, 6, 3])

  it('accepts up to the image, less one pixel', () => {
    check({ name: 'flip' }, { name: 'shift', pixels: 5 })
    check({ name: 'crop', padding: 0 })
  })

  it('names what is out of range, unknown, or there twice', () => {
    expect(() => check({ name: 'shift', pixels: 6 })).toThrow(
      new RangeError('augmentation[0].pixels must be an integer from 0 to 5; received 6'),
    )
    expect(() => check({ name: 'flip' }, { name: 'crop', padding: -1 })).toThrow(
      new RangeError('augmentation[1].padding must be an integer from 0 to 5; received -1'),
    )
    expect(() => check({ name: 'shift' })).toThrow(
      new TypeError('augmentation[0].pixels must be a number; received undefined'),
    )
    expect(() => check({ name: 'rotate' })).toThrow(
      new RangeError('augmentation[0].name must be one of flip, shift, crop; received "rotate"'),
    )
    expect(() => check({ name: 'flip' }, { name: 'flip' })).toThrow(
      new RangeError('augmentation may hold one flip; received another at 1'),
    )
    expect(() => check({ name: 'shift', pixels: 1 }, { name: 'crop', padding: 1 })).toThrow(
      new RangeError('augmentation may hold one shift or crop; received another at 1'),
    )
  })
})
