import {
  col2im,
  elementBytes,
  im2col,
  type Transposition,
  type Windows,
  type WinogradMap,
  windowValues,
  winogradTransform,
} from '@thalweg/kernels'
import { type Block, blocksOf, type Convolution } from './convolution.ts'
import type { PlanContext } from './layer.ts'
import { multiply } from './product.ts'

/** Numbers of a block's squares: 1 MB of f32, most of which stay in the second-level cache. */
const blockLength = 262_144

/** Squares that a block has at least: products pack the kernels anew for each. */
const leastSquares = 128

/** With fewer channels products are too small to make up for what squares cost. */
const leastChannels = 8

/** Places of a square of the image, of the kernel and of the output. */
const [imagePlaces, kernelPlaces, outputPlaces] = [16, 9, 4]

/** Whether squares save a third of the products at least: the image may end within some. */
export function isWinogradFaster(windows: Windows, filters: number): boolean {
  const { windowRows, windowColumns, strideRows, strideColumns, outRows, outColumns, channels } = windows
  if (windowRows !== 3 || windowColumns !== 3 || strideRows !== 1 || strideColumns !== 1) return false
  const products = imagePlaces * Math.ceil(outRows / 2) * Math.ceil(outColumns / 2)
  return (
    Math.min(channels, filters) >= leastChannels && 3 * products <= 2 * kernelPlaces * outRows * outColumns
  )
}

/** Where the numbers of a square's places are: the address of the first, and bytes from square to square and place to place. */
interface Places {
  readonly first: number
  readonly square: number
  readonly place: number
}

/**
 * Numbers between matrices, 5 cache lines of f32: where 16 matrices lie powers of two apart, what belongs to one square
 * falls into the same few sets of a cache, and evicts itself.
 */
const gap = 80

/**
 * A convolution with 3 x 3 kernels and stride 1 by squares of 2 x 2 outputs, with 16 products over the channels for each
 * where the definition has 36.
 *
 *   V = B^T d B of every square d of the image,  U = G g G^T of every kernel g,  y = A^T M A,
 *   M = V U in each of the 16 places,  dM = A dy A^T,  dU = V^T dM,  dV = dM U^T,  dg = G^T dU G,  dd = B dV B^T
 *
 * Shapes: V [16, squares, channels], U [16, channels, filters], M [16, squares, filters]; in blocks of squares. Rounding
 * errors are one to two times those of the definition.
 * Source: Lavin & Gray 2016, arXiv:1509.09308, section 4.1.
 */
export function winogradConvolution(windows: Windows, filters: number): Convolution {
  const { channels, outRows, outColumns } = windows
  const squareRows = Math.ceil(outRows / 2)
  const squareColumns = Math.ceil(outColumns / 2)
  const squares = { strideRows: 2, strideColumns: 2, outRows: squareRows, outColumns: squareColumns }
  const ofImages: Windows = { ...windows, ...squares, windowRows: 4, windowColumns: 4 }
  const ofOutputs: Windows = {
    ...squares,
    rows: outRows,
    columns: outColumns,
    channels: filters,
    windowRows: 2,
    windowColumns: 2,
    paddingTop: 0,
    paddingLeft: 0,
  }
  const squareLength = imagePlaces * (channels + Math.max(channels, filters)) + outputPlaces * filters
  const squaresAtOnce = Math.max(leastSquares, Math.floor(blockLength / squareLength))
  const linesAtOnce = Math.max(1, Math.floor(squaresAtOnce / squareColumns))

  function placesBefore(line: number): number {
    const [image, squareRow] = [Math.floor(line / squareRows), line % squareRows]
    return (image * outRows + 2 * squareRow) * outColumns
  }

  /** Where what belongs to blocks of up to `most` squares lies. */
  function partsFor(most: number, { precision, scratch }: Pick<PlanContext, 'precision' | 'scratch'>) {
    const bytes = elementBytes[precision]
    let end = scratch
    const matrices = (length: number, width: number): Places => {
      const places = { first: end, square: width * bytes, place: (length * width + gap) * bytes }
      end += imagePlaces * places.place
      return places
    }
    const inOrder = (first: number, count: number, width: number): Places => {
      end = Math.max(end, first + most * count * width * bytes)
      return { first, square: count * width * bytes, place: width * bytes }
    }
    const [u, v, m] = [matrices(1, channels * filters), matrices(most, channels), matrices(most, filters)]
    // Squares of the image are wanted before M is, or after dM.
    const d = inOrder(m.first, imagePlaces, channels)
    const y = inOrder(end, outputPlaces, filters)
    const forwardEnd = end
    const du = matrices(1, channels * filters)
    return { u, v, m, d, y, du, forwardEnd, end }
  }

  return {
    blocks: (rows) => blocksOf(rows * squareRows, linesAtOnce, placesBefore),
    place(arena, rows, gradients) {
      const most = Math.min(linesAtOnce, rows * squareRows) * squareColumns
      const { forwardEnd, end } = partsFor(most, { precision: 'f32', scratch: 0 })
      arena.scratch((gradients ? end : forwardEnd) / elementBytes.f32)
      arena.product(most, filters, channels)
      if (gradients) {
        arena.product(channels, filters, most)
        arena.product(most, channels, filters)
      }

      /** Between squares that are windows and squares in order. */
      function copies(
        kernel: typeof im2col,
        { plan, precision }: PlanContext,
        { line, lines }: Block,
        [over, images, inOrder]: readonly [over: Windows, images: number, inOrder: Places],
      ): void {
        const values = windowValues(precision, over)
        plan.call(kernel(precision), line, lines, images, inOrder.first, ...values)
      }

      function transforms(
        { plan, precision }: PlanContext,
        map: WinogradMap,
        [count, width]: readonly [count: number, width: number],
        [from, to]: readonly [from: Places, to: Places],
      ): void {
        const kernel = winogradTransform(precision, map, from.place, to.place)
        const places = [from.first, from.square, to.first, to.square]
        plan.call(kernel, count, width * elementBytes[precision], ...places)
      }

      /** A product in each of the 16 places. */
      function multiplies(
        context: PlanContext,
        transposition: Transposition,
        sizes: readonly [m: number, n: number, k: number],
        [a, b, c]: readonly [a: Places, b: Places, c: Places],
        beta: 0 | 1 = 0,
      ): void {
        for (let index = 0; index < imagePlaces; index++) {
          const at = ({ first, place }: Places): number => first + index * place
          multiply(context, transposition, sizes, [at(a), at(b), at(c)], beta)
        }
      }

      /** Kernels as they lie in a tensor: places of one square, whose numbers are all channels and filters. */
      const oneSquare = [1, channels * filters] as const
      const inTensor = ({ precision }: PlanContext, first: number): Places => ({
        first,
        square: 0,
        place: channels * filters * elementBytes[precision],
      })

      return {
        start(context, weight) {
          transforms(context, 'kernel', oneSquare, [inTensor(context, weight), partsFor(most, context).u])
        },
        forward(context, block, { input, output }) {
          const { u, v, m, d, y } = partsFor(most, context)
          const count = block.lines * squareColumns
          copies(im2col, context, block, [ofImages, input, d])
          transforms(context, 'image', [count, channels], [d, v])
          multiplies(context, 'NN', [count, filters, channels], [v, u, m])
          transforms(context, 'output', [count, filters], [m, y])
          copies(col2im, context, block, [ofOutputs, output, y])
        },
        backward(context, block, { input, outputGradient, inputGradient }) {
          const { u, du, v, m, d, y } = partsFor(most, context)
          const count = block.lines * squareColumns
          copies(im2col, context, block, [ofImages, input, d])
          transforms(context, 'image', [count, channels], [d, v])
          copies(im2col, context, block, [ofOutputs, outputGradient, y])
          transforms(context, 'outputGradient', [count, filters], [y, m])
          multiplies(context, 'TN', [channels, filters, count], [v, m, du], block.line === 0 ? 0 : 1)
          if (inputGradient === undefined) return
          multiplies(context, 'NT', [count, channels, filters], [m, u, v])
          transforms(context, 'imageGradient', [count, channels], [v, d])
          copies(col2im, context, block, [ofImages, inputGradient, d])
        },
        finish(context, weightGradient) {
          const tensor = inTensor(context, weightGradient)
          transforms(context, 'kernelGradient', oneSquare, [partsFor(most, context).du, tensor])
        },
      }
    },
  }
}
