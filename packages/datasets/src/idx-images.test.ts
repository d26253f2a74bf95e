import { describe, expect, it } from 'vitest'
import { parseIdxImages, selectIdxImages } from './idx-images.ts'

const source = (name: string, ...values: number[]) => ({ source: name, bytes: Uint8Array.from(values) })
const imageHeader = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2]
const images = source('images', ...imageHeader, 0, 255, 7, 8, 9, 10)
const labels = source('labels', 0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4)

describe('parseIdxImages', () => {
  it('joins images and labels, and selects a range of them', () => {
    const parsed = parseIdxImages(images, labels)
    expect(parsed.shape).toEqual([1, 1, 2])
    expect(selectIdxImages(parsed, { from: 1, to: 3 })).toEqual({
      samples: 2,
      features: Float32Array.of(7, 8, 9, 10),
      labels: Int32Array.of(0, 4),
    })
    expect(() => selectIdxImages(parsed, { from: 1, to: 4 })).toThrow(
      new RangeError('range must lie in 0 to 3; received 1 to 4'),
    )
  })

  it('refuses as many labels as there are not images, a label above 9, another rank or type', () => {
    expect(() => parseIdxImages(images, source('labels', 0, 0, 8, 1, 0, 0, 0, 2, 9, 0))).toThrow(
      'labels, byte 4: expected 3 labels, as many as images in images, received 2',
    )
    expect(() => parseIdxImages(images, source('labels', 0, 0, 8, 1, 0, 0, 0, 3, 9, 10, 4))).toThrow(
      'labels, byte 9: expected a label from 0 to 9, received 10',
    )
    expect(() => parseIdxImages(labels, images)).toThrow(
      'labels, byte 3: expected images of rank 3, received rank 1',
    )
    expect(() => parseIdxImages(images, source('labels', 0, 0, 9, 1, 0, 0, 0, 3, 9, 0, 4))).toThrow(
      'labels, byte 2: expected labels of type 08 (uint8), received another type',
    )
  })
})
