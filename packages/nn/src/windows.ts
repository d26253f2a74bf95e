import type { Windows } from '@thalweg/kernels'
import { wholeNumber } from './range.ts'
import { imageShape, type Shape } from './shape.ts'

/** One whole number for both, or [rows, columns]. */
export type RowsAndColumns = number | readonly [rows: number, columns: number]

/** `same`: as many outputs as places of the image at stride 1, a stride-th of them otherwise. */
export type Padding = 'same' | RowsAndColumns

/** Rows and columns of what may be one number; throws RangeError unless both are whole numbers from `least`. */
export function rowsAndColumns(
  layer: string,
  name: string,
  value: RowsAndColumns,
  least = 1,
): readonly [rows: number, columns: number] {
  const both = typeof value === 'number' ? ([value, value] as const) : value
  if (both.length !== 2) {
    throw new RangeError(
      `${layer}: ${name} must be one number or [rows, columns], got [${[...both].join(', ')}]`,
    )
  }
  for (const each of both) wholeNumber(layer, name, each, least)
  return both
}

/** The windows of a layer. */
export interface WindowOptions {
  /** What the layer calls the window's size. */
  readonly name: string
  readonly size: readonly [rows: number, columns: number]
  readonly stride: readonly [rows: number, columns: number]
  readonly padding: 'same' | readonly [rows: number, columns: number]
}

/**
 * Windows over an image of a shape. Throws RangeError for samples that are no images, and where no window fits.
 *
 *   outputs = floor((inputs + padding before and after - size) / stride) + 1
 *
 * `same` pads such that outputs = ceil(inputs / stride), evenly; an odd zero goes behind, as in TensorFlow and PyTorch.
 */
export function layWindows(
  layer: string,
  shape: Shape,
  { name, size, stride, padding }: WindowOptions,
): Windows {
  const [rows, columns, channels] = imageShape(layer, shape)
  const [down, across] = [rows, columns].map((inputs, axis) => {
    const [before, both] =
      padding === 'same' ? samePadding(inputs, size[axis], stride[axis]) : [padding[axis], 2 * padding[axis]]
    if (inputs + both < size[axis]) {
      const padded = both > 0 ? ` with padding [${[padding].flat().join(', ')}]` : ''
      throw new RangeError(
        `${layer}: ${name} must fit into images of [${rows}, ${columns}]${padded}, got [${size.join(', ')}]`,
      )
    }
    return { before, outputs: Math.floor((inputs + both - size[axis]) / stride[axis]) + 1 }
  })
  return {
    rows,
    columns,
    channels,
    windowRows: size[0],
    windowColumns: size[1],
    strideRows: stride[0],
    strideColumns: stride[1],
    paddingTop: down.before,
    paddingLeft: across.before,
    outRows: down.outputs,
    outColumns: across.outputs,
  }
}

function samePadding(inputs: number, size: number, stride: number): readonly [before: number, both: number] {
  const both = Math.max(0, (Math.ceil(inputs / stride) - 1) * stride + size - inputs)
  return [Math.floor(both / 2), both]
}
