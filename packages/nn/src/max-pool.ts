import { maxPoolBackward, maxPool as maxPoolKernel, windowValues } from '@thalweg/kernels'
import { type Layer, noTensors } from './layer.ts'
import { doTile, type PoolOptions, poolWindows } from './pool.ts'
import { sizeOf } from './shape.ts'

/**
 * The largest number of each window, channel by channel; its gradient goes to where that number was: the first of equal
 * ones. NaN if there is one in the window.
 *
 * Shapes: x [rows, rows of the image, columns, channels]; outputs = floor((inputs - size) / stride) + 1 in rows and in
 * columns. Sizes and strides are whole numbers from 1, and a window fits into the image.
 */
export function maxPool(options: PoolOptions): Layer {
  const windowsOver = poolWindows('maxPool', options)
  return {
    name: 'maxPool',
    lay(shape) {
      const windows = windowsOver(shape)
      const outputShape = [windows.outRows, windows.outColumns, windows.channels]
      const tile = doTile(windows)
      return {
        outputShape,
        ...noTensors,
        inPlace: false,
        backwardReads: [],
        place(arena, rows, gradients) {
          const places = gradients ? arena.array(rows * sizeOf(outputShape)) : 0
          return {
            forward({ plan, precision, rows }, { input, output }) {
              const values = [0, rows * windows.outRows, input, ...windowValues(precision, windows)]
              plan.call(maxPoolKernel(precision, gradients), output, places, ...values)
            },
            backward({ plan, precision, rows }, { outputGradient, inputGradient }) {
              if (inputGradient === undefined) return
              const values = [0, rows * windows.outRows, inputGradient, ...windowValues(precision, windows)]
              plan.call(maxPoolBackward(precision, tile), places, outputGradient, ...values)
            },
          }
        },
      }
    },
  }
}
