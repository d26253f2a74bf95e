import type { Windows } from '@thalweg/kernels'
import type { Shape } from './shape.ts'
import { layWindows, type RowsAndColumns, rowsAndColumns } from './windows.ts'

export interface PoolOptions {
  /** Rows and columns of a window. */
  readonly size: RowsAndColumns
  /** From one window to the next; the size by default. */
  readonly stride?: RowsAndColumns
}

/** How a pool's windows lie over samples of a shape; checks the options at once. */
export function poolWindows(layer: string, options: PoolOptions): (shape: Shape) => Windows {
  const size = rowsAndColumns(layer, 'size', options.size)
  const stride = rowsAndColumns(layer, 'stride', options.stride ?? size)
  return (shape) => layWindows(layer, shape, { name: 'size', size, stride, padding: [0, 0] })
}

/** Whether every place of an image lies in exactly one window. */
export function doTile(windows: Windows): boolean {
  const { rows, columns, windowRows, windowColumns, strideRows, strideColumns } = windows
  const [rowsLeft, columnsLeft] = [rows % windowRows, columns % windowColumns]
  return windowRows === strideRows && windowColumns === strideColumns && rowsLeft + columnsLeft === 0
}
