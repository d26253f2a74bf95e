import { col2im, elementBytes, im2col, type Windows, windowValues } from '@thalweg/kernels'
import { type Block, blocksOf, type Convolution } from './convolution.ts'
import type { PlanContext } from './layer.ts'
import { multiply } from './product.ts'

/**
 * Numbers of a block of columns: 512 KB of f32. Half of a second-level cache of 1 MB, so that the product finds them
 * there beside its own packed parts. From 256 KB to 2 MB the speed is the same; where the columns of a whole batch go
 * through memory they cost three times as much, more than to make them a second time for the backward pass.
 */
const blockLength = 131_072

/** Places that a block has at least, and as many as filters: a product packs the weights anew for each. */
const leastPlaces = 256

/**
 * A convolution as one product: X = im2col(x) has a row for every window, of its windowRows windowColumns channels
 * numbers.
 *
 *   y = X W,  dW = X^T dy,  dx = col2im(dy W^T)
 */
export function im2colConvolution(windows: Windows, filters: number): Convolution {
  const { windowRows, windowColumns, channels, outRows, outColumns } = windows
  const patch = windowRows * windowColumns * channels
  const isInput = needsNoColumns(windows)
  const placesAtOnce = Math.max(leastPlaces, filters, Math.floor(blockLength / patch))
  const linesAtOnce = Math.max(1, Math.floor(placesAtOnce / outColumns))

  /** The address of a block's first place, where each has `width` numbers. */
  function placeAt({ precision }: PlanContext, first: number, { firstPlace }: Block, width: number): number {
    return first + firstPlace * width * elementBytes[precision]
  }

  /** The address of a block's columns: in the scratch, or of what they would be copied from. */
  function columnsAt(context: PlanContext, images: number, block: Block): number {
    return isInput ? placeAt(context, images, block, channels) : context.scratch
  }

  function copies(
    kernel: typeof im2col,
    { plan, precision, scratch }: PlanContext,
    { line, lines }: Block,
    images: number,
  ): void {
    if (isInput) return
    plan.call(kernel(precision), line, lines, images, scratch, ...windowValues(precision, windows))
  }

  return {
    blocks: (rows) => blocksOf(rows * outRows, linesAtOnce, (line) => line * outColumns),
    place(arena, rows, gradients) {
      const most = Math.min(linesAtOnce, rows * outRows) * outColumns
      if (!isInput) arena.scratch(most * patch)
      arena.product(most, filters, patch)
      if (gradients) {
        arena.product(patch, filters, most)
        arena.product(most, patch, filters)
      }
      return {
        forward(context, block, { input, weight, output }) {
          copies(im2col, context, block, input)
          const columns = columnsAt(context, input, block)
          const result = placeAt(context, output, block, filters)
          multiply(context, 'NN', [block.places, filters, patch], [columns, weight, result])
        },
        backward(context, block, { input, weight, outputGradient, weightGradient, inputGradient }) {
          const { places, line } = block
          copies(im2col, context, block, input)
          const gradient = placeAt(context, outputGradient, block, filters)
          const product = [columnsAt(context, input, block), gradient, weightGradient] as const
          multiply(context, 'TN', [patch, filters, places], product, line === 0 ? 0 : 1)
          if (inputGradient === undefined) return
          const target = columnsAt(context, inputGradient, block)
          multiply(context, 'NT', [places, patch, filters], [gradient, weight, target])
          copies(col2im, context, block, inputGradient)
        },
      }
    },
  }
}

/** Whether the columns would be the input as it lies: a kernel of one place that visits every place. */
function needsNoColumns(windows: Windows): boolean {
  const { windowRows, windowColumns, strideRows, strideColumns, outRows, outColumns, rows, columns } = windows
  const steps = windowRows * windowColumns * strideRows * strideColumns
  return steps === 1 && outRows === rows && outColumns === columns
}
