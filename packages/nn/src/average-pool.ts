import { averagePoolBackward, averagePool as averagePoolKernel, windowValues } from '@thalweg/kernels'
import { type Layer, noTensors } from './layer.ts'
import { doTile, type PoolOptions, poolWindows } from './pool.ts'

/**
 * The mean of each window, channel by channel.
 *
 * Shapes: x [rows, rows of the image, columns, channels]; outputs = floor((inputs - size) / stride) + 1 in rows and in
 * columns. Sizes and strides are whole numbers from 1, and a window fits into the image.
 */
export function averagePool(options: PoolOptions): Layer {
  const windowsOver = poolWindows('averagePool', options)
  return {
    name: 'averagePool',
    lay(shape) {
      const windows = windowsOver(shape)
      const size = windows.windowRows * windows.windowColumns
      const tile = doTile(windows)
      return {
        outputShape: [windows.outRows, windows.outColumns, windows.channels],
        ...noTensors,
        inPlace: false,
        backwardReads: [],
        place: () => ({
          forward({ plan, precision, rows }, { input, output }) {
            const values = [0, rows * windows.outRows, input, ...windowValues(precision, windows)]
            plan.call(averagePoolKernel(precision, size), output, ...values)
          },
          backward({ plan, precision, rows }, { outputGradient, inputGradient }) {
            if (inputGradient === undefined) return
            const values = [0, rows * windows.outRows, inputGradient, ...windowValues(precision, windows)]
            plan.call(averagePoolBackward(precision, size, tile), outputGradient, ...values)
          },
        }),
      }
    },
  }
}
