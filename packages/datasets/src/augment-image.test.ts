import { describe, expect, it } from 'vitest'
import { augmentImage } from './augment-image.ts'

describe('augmentImage', () => {
  // 2 rows, 3 columns, 2 channels: pixel (r, c) holds 10 r + c + 1 and its negative
  const image = Float32Array.of(1, -1, 2, -2, 3, -3, 11, -11, 12, -12, 13, -13)

  it('flips left and right, each channel by itself', () => {
    expect([...augmentImage(image, [2, 3, 2], { flip: 1, rowShift: 0, columnShift: 0 })]).toEqual([
      3, -3, 2, -2, 1, -1, 13, -13, 12, -12, 11, -11,
    ])
  })

  it('moves down and to the right, zeros come in', () => {
    expect([...augmentImage(image, [2, 3, 2], { flip: 0, rowShift: 1, columnShift: 1 })]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 2, -2,
    ])
  })

  it('moves up and to the left after the flip', () => {
    expect([...augmentImage(image, [2, 3, 2], { flip: 1, rowShift: -1, columnShift: -2 })]).toEqual([
      11, -11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ])
  })

  it('is a copy where nothing happens, and empty where all moves out', () => {
    const same = augmentImage(image, [2, 3, 2], { flip: 0, rowShift: 0, columnShift: 0 })
    expect(same).toEqual(image)
    expect(same).not.toBe(image)
    expect(augmentImage(image, [2, 3, 2], { flip: 1, rowShift: 2, columnShift: 0 })).toEqual(
      new Float32Array(12),
    )
  })

  it('refuses another length, and parameters out of range', () => {
    const none = { flip: 0, rowShift: 0, columnShift: 0 } as const
    expect(() => augmentImage(image, [2, 3, 3], none)).toThrow(
      new RangeError('image must hold 2 x 3 x 3 numbers; received 12'),
    )
    expect(() => augmentImage(image, [2, 3, 2], { ...none, rowShift: 0.5 })).toThrow(
      /^rowShift must be an integer.* 0\.5$/,
    )
    expect(() => augmentImage(image, [2, 3, 2], { ...none, flip: 2 as 1 })).toThrow(
      new RangeError('flip must be an integer from 0 to 1; received 2'),
    )
  })
})
