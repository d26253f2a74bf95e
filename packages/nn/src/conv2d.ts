import { type Activation, addBias, biasBackward, elementBytes, type Windows } from '@thalweg/kernels'
import { im2colConvolution } from './im2col-convolution.ts'
import type { LaidLayer, Layer } from './layer.ts'
import { wholeNumber } from './range.ts'
import { layWindows, type Padding, type RowsAndColumns, rowsAndColumns } from './windows.ts'
import { isWinogradFaster, winogradConvolution } from './winograd-convolution.ts'

export interface Conv2dOptions {
  /** Output channels. */
  readonly filters: number
  /** Rows and columns of the kernel. */
  readonly kernel: RowsAndColumns
  /** 1 by default. */
  readonly stride?: RowsAndColumns
  /** Zeros around the image; 0 by default. */
  readonly padding?: Padding
}

/**
 * A convolution over the rows and columns of images (a cross-correlation, as in every library).
 *
 *   y[i, j, f] = sum over u, v, c of x[i stride + u - padding, j stride + v - padding, c] W[u, v, c, f] + b[f]
 *
 * Kernels of 3 x 3 with stride 1 go by Winograd's squares where those are faster, others by im2col; block by block, so
 * that beside its output and gradients it needs no more for a large batch than for a small one.
 *
 * Shapes: x [rows, rows of the image, columns, channels], W `weight` [kernel rows, kernel columns, channels, filters],
 * b `bias` [filters]. Whole numbers: filters, kernel and stride from 1, padding from 0 or `same`.
 */
export function conv2d(options: Conv2dOptions): Layer {
  const { filters, kernel, stride = 1, padding = 0 } = options
  wholeNumber('conv2d', 'filters', filters)
  const windows = {
    name: 'kernel',
    size: rowsAndColumns('conv2d', 'kernel', kernel),
    stride: rowsAndColumns('conv2d', 'stride', stride),
    padding: padding === 'same' ? padding : rowsAndColumns('conv2d', 'padding', padding, 0),
  }
  return {
    name: 'conv2d',
    lay: (shape) => layConv2d(layWindows('conv2d', shape, windows), filters, undefined),
  }
}

function layConv2d(windows: Windows, filters: number, activation: Activation | undefined): LaidLayer {
  const { windowRows, windowColumns, channels, outRows, outColumns } = windows
  const fanIn = windowRows * windowColumns * channels
  const fanOut = windowRows * windowColumns * filters
  const convolution = isWinogradFaster(windows, filters)
    ? winogradConvolution(windows, filters)
    : im2colConvolution(windows, filters)
  return {
    outputShape: [outRows, outColumns, filters],
    tensors: [
      {
        name: 'weight',
        shape: [windowRows, windowColumns, channels, filters],
        init: 'weights',
        fanIn,
        fanOut,
      },
      { name: 'bias', shape: [filters], init: 'zeros' },
    ],
    statistics: [],
    inPlace: false,
    backwardReads: activation === undefined ? ['input'] : ['input', 'output'],
    ...(activation === undefined && { withActivation: (joined) => layConv2d(windows, filters, joined) }),
    place(arena, rows, gradients) {
      const placed = convolution.place(arena, rows, gradients)
      const blockBias = gradients ? arena.array(filters) : 0
      return {
        forward(context, { input, output, tensors }) {
          const { plan, precision, rows } = context
          const [weight, bias] = [tensors('weight'), tensors('bias')]
          placed.start?.(context, weight)
          for (const block of convolution.blocks(rows)) {
            const result = output + block.firstPlace * filters * elementBytes[precision]
            placed.forward(context, block, { input, weight, output })
            plan.call(addBias(precision, activation), block.places, filters, bias, result)
          }
        },
        backward(context, { input, output, outputGradient, inputGradient, tensors, tensorGradients }) {
          const { plan, precision, rows } = context
          const [weight, weightGradient] = [tensors('weight'), tensorGradients('weight')]
          const biasGradient = tensorGradients('bias')
          placed.start?.(context, weight)
          for (const block of convolution.blocks(rows)) {
            const offset = block.firstPlace * filters * elementBytes[precision]
            const [result, gradient] = [output + offset, outputGradient + offset]
            const isFirst = block.line === 0
            // Sums of blocks, which are added up: more exact than one sum over a hundred thousand places.
            const bias = isFirst ? biasGradient : blockBias
            plan.call(biasBackward(precision, activation), block.places, filters, result, gradient, bias)
            if (!isFirst) plan.call(addBias(precision), 1, filters, blockBias, biasGradient)
            const arrays = { input, weight, outputGradient, weightGradient, inputGradient }
            placed.backward(context, block, arrays)
          }
          placed.finish?.(context, weightGradient)
        },
      }
    },
  }
}
