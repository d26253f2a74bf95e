import {
  type Activation,
  addBias,
  biasBackward,
  col2im,
  elementBytes,
  im2col,
  type Windows,
  windowValues,
} from '@thalweg/kernels'
import type { LaidLayer, Layer, PlanContext } from './layer.ts'
import { multiply } from './product.ts'
import { wholeNumber } from './range.ts'
import { layWindows, type Padding, type RowsAndColumns, rowsAndColumns } from './windows.ts'

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
 * Numbers of one block of columns: 512 KB of f32. Half of a second-level cache of 1 MB, so that the product finds the
 * columns there, beside its own packed parts; and what it needs does not grow with the batch or the image.
 */
const blockLength = 131_072

/**
 * A convolution over the rows and columns of images (a cross-correlation, as in every library).
 *
 *   y[i, j, f] = sum over u, v, c of x[i stride + u - padding, j stride + v - padding, c] W[u, v, c, f] + b[f]
 *
 * As matrices: y = X W + b, dW = X^T dy, db = sum over rows of dy, dx = the transpose of im2col of dy W^T, where
 * X = im2col(x) has a row for every place of y. X is made block by block, and again for the backward pass.
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

/** Lines of windows whose columns are multiplied together. */
interface Block {
  readonly line: number
  readonly lines: number
}

function layConv2d(windows: Windows, filters: number, activation: Activation | undefined): LaidLayer {
  const { windowRows, windowColumns, channels, outRows, outColumns } = windows
  const patch = windowRows * windowColumns * channels
  const isInput = needsNoColumns(windows)
  const linesAtOnce = Math.max(1, Math.floor(blockLength / (patch * outColumns)))

  function blocksOf(rows: number): Block[] {
    const lines = rows * outRows
    const count = Math.ceil(lines / linesAtOnce)
    const startOf = (block: number): number => Math.floor((lines * block) / count)
    return Array.from({ length: count }, (_, block) => ({
      line: startOf(block),
      lines: startOf(block + 1) - startOf(block),
    }))
  }

  /** The address of a line's first number in a matrix with `width` numbers for each place. */
  function lineAt({ precision }: PlanContext, matrix: number, line: number, width: number): number {
    return matrix + line * outColumns * width * elementBytes[precision]
  }

  /** Appends what makes the columns of a block, and returns their address. */
  function columnsOf(context: PlanContext, input: number, { line, lines }: Block): number {
    const { plan, precision, scratch } = context
    if (isInput) return lineAt(context, input, line, channels)
    plan.call(im2col(precision), line, lines, input, scratch, ...windowValues(precision, windows))
    return scratch
  }

  return {
    outputShape: [outRows, outColumns, filters],
    tensors: [
      {
        name: 'weight',
        shape: [windowRows, windowColumns, channels, filters],
        init: 'weights',
        fanIn: patch,
        fanOut: windowRows * windowColumns * filters,
      },
      { name: 'bias', shape: [filters], init: 'zeros' },
    ],
    statistics: [],
    inPlace: false,
    backwardReads: activation === undefined ? ['input'] : ['input', 'output'],
    ...(activation === undefined && { withActivation: (joined) => layConv2d(windows, filters, joined) }),
    place(arena, rows) {
      const most = Math.min(linesAtOnce, rows * outRows) * outColumns
      if (!isInput) arena.scratch(most * patch)
      const blockBias = arena.array(filters)
      arena.product(most, filters, patch)
      arena.product(patch, filters, most)
      arena.product(most, patch, filters)
      return {
        forward(context, { input, output, tensors }) {
          const { plan, precision, rows } = context
          for (const block of blocksOf(rows)) {
            const places = block.lines * outColumns
            const result = lineAt(context, output, block.line, filters)
            const columns = columnsOf(context, input, block)
            multiply(context, 'NN', [places, filters, patch], [columns, tensors('weight'), result])
            plan.call(addBias(precision, activation), places, filters, tensors('bias'), result)
          }
        },
        backward(context, { input, output, outputGradient, inputGradient, tensors, tensorGradients }) {
          const { plan, precision, rows, scratch } = context
          const [weightGradient, biasGradient] = [tensorGradients('weight'), tensorGradients('bias')]
          for (const [index, block] of blocksOf(rows).entries()) {
            const places = block.lines * outColumns
            const result = lineAt(context, output, block.line, filters)
            const gradient = lineAt(context, outputGradient, block.line, filters)
            const isFirst = index === 0
            // Sums of blocks, which are added up: more exact than one sum over a hundred thousand places.
            const bias = isFirst ? biasGradient : blockBias
            plan.call(biasBackward(precision, activation), places, filters, result, gradient, bias)
            if (!isFirst) plan.call(addBias(precision), 1, filters, blockBias, biasGradient)
            const columns = columnsOf(context, input, block)
            const product = [columns, gradient, weightGradient] as const
            multiply(context, 'TN', [patch, filters, places], product, isFirst ? 0 : 1)
            if (inputGradient === undefined) continue
            const target = isInput ? lineAt(context, inputGradient, block.line, channels) : scratch
            multiply(context, 'NT', [places, patch, filters], [gradient, tensors('weight'), target])
            if (isInput) continue
            const { line, lines } = block
            const values = windowValues(precision, windows)
            plan.call(col2im(precision), line, lines, inputGradient, scratch, ...values)
          }
        },
      }
    },
  }
}

/** Whether the columns would be the input as it lies: the kernel is one place, and visits every place once. */
function needsNoColumns(windows: Windows): boolean {
  const { windowRows, windowColumns, strideRows, strideColumns, outRows, outColumns, rows, columns } = windows
  const steps = windowRows * windowColumns * strideRows * strideColumns
  return steps === 1 && outRows === rows && outColumns === columns
}
