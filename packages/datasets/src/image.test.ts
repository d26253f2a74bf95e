import { describe, expect, it } from 'vitest'
import { seededRandom } from '../test/seeded-random.ts'
import { checkLayout, copyPixels, type ImageLayout, type ImageShape, shapeOf } from './image.ts'

/** Each number on its own, by its place in both arrays. */
function textbookCopy(bytes: Uint8Array, [rows, columns, channels]: ImageShape, layout: ImageLayout) {
  const target = new Float32Array(rows * columns * channels)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let channel = 0; channel < channels; channel++) {
        const first = (channel * rows + row) * columns + column
        const last = (row * columns + column) * channels + channel
        target[layout === 'channelsFirst' ? first : last] = bytes[first]
      }
  return target
}

describe('image layouts', () => {
  it.each<ImageShape>([
    [1, 1, 1],
    [3, 5, 1],
    [2, 3, 3],
    [4, 1, 5],
    [32, 32, 3],
  ])('copyPixels is the textbook copy for %d x %d, %d channels', (...shape) => {
    const random = seededRandom(3)
    const length = shape[0] * shape[1] * shape[2]
    const bytes = Uint8Array.from({ length }, () => Math.floor(256 * random.uniform()))
    for (const layout of ['channelsFirst', 'channelsLast'] as const)
      for (const target of [new Float32Array(length + 3).fill(-1), new Float64Array(length + 3).fill(-1)]) {
        copyPixels(bytes, shape, layout, target, 2)
        expect([...target]).toEqual([-1, -1, ...textbookCopy(bytes, shape, layout), -1])
      }
  })

  it('names the dimensions in the order of the numbers', () => {
    expect(shapeOf([28, 30, 3], 'channelsFirst')).toEqual([3, 28, 30])
    expect(shapeOf([28, 30, 3], 'channelsLast')).toEqual([28, 30, 3])
  })

  it('refuses an unknown layout', () => {
    expect(() => checkLayout('NHWC')).toThrow(
      new RangeError('layout must be one of channelsFirst, channelsLast; received "NHWC"'),
    )
  })
})
