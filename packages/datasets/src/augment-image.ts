import type { AugmentationParameters } from './augmentations.ts'
import type { ImageShape } from './image.ts'
import { requireInteger } from './ranges.ts'

/**
 * One image after a flip and a shift, as a new array: the textbook form, one pixel at a time.
 *
 *   result[row, column, channel] = flipped[row - rowShift, column - columnShift, channel], 0 outside the image
 *   flipped[row, column, channel] = image[row, columns - 1 - column, channel] where flip is 1, else image
 *
 * `image` is row-major [rows, columns, channels]. Throws RangeError or TypeError for an image of another length, a flip
 * other than 0 and 1, or shifts that are no integers from -2^31 to 2^31.
 */
export function augmentImage(
  image: Float32Array | Float64Array,
  [rows, columns, channels]: ImageShape,
  { flip, rowShift, columnShift }: AugmentationParameters,
): Float32Array {
  if (image.length !== rows * columns * channels)
    throw new RangeError(
      `image must hold ${rows} x ${columns} x ${channels} numbers; received ${image.length}`,
    )
  requireInteger('flip', flip, 0, 1)
  requireInteger('rowShift', rowShift, -(2 ** 31), 2 ** 31)
  requireInteger('columnShift', columnShift, -(2 ** 31), 2 ** 31)
  const result = new Float32Array(image.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let channel = 0; channel < channels; channel++) {
        const sourceRow = row - rowShift
        const flippedColumn = column - columnShift
        const inside = sourceRow >= 0 && sourceRow < rows && flippedColumn >= 0 && flippedColumn < columns
        if (!inside) continue
        const sourceColumn = flip === 1 ? columns - 1 - flippedColumn : flippedColumn
        result[(row * columns + column) * channels + channel] =
          image[(sourceRow * columns + sourceColumn) * channels + channel]
      }
  return result
}
