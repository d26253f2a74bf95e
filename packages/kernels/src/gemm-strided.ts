import { i32, type Local } from './assembler/index.ts'
import { advance, type Emit, get, minus, plus, set, smaller, times, when, whileBelow, whole } from './emit.ts'
import { checkGemmSizes, type Gemm } from './gemm-operands.ts'
import { packStrip } from './gemm-pack.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/**
 * Rows of the register tile. Its 4 x 2 accumulators, two columns of B and one element of A fit the 16 vector registers
 * of x64; a larger or unrolled tile spills, which halves the speed.
 */
const tileRows = 4
/** SIMD values along a tile's row: 8 columns of f32, 4 of f64. */
const tileVectors = 2
/** Inner products run in blocks of this length, so that a tile's panel of B (256 x 8 f32) stays in the L1 cache. */
const innerBlock = 256

/** Elements of scratch that `gemm` needs for products with up to `n` columns. */
export function stridedScratchLength(precision: Precision, n: number): number {
  const columns = tileVectors * lanesOf[precision].vector.width
  const paddedColumns = Math.ceil(n / columns) * columns
  // The packed block of B, one packed tile of A, and one tile of C for the edges.
  return innerBlock * paddedColumns + innerBlock * tileRows + tileRows * columns
}

/** The values with which a plan calls the kernel `gemm(precision)`; throws RangeError for a size below 1. */
export function gemmValues(precision: Precision, product: Gemm): number[] {
  const { transposition, m, n, k, a, b, c, beta, scratch } = product
  checkGemmSizes(product)
  const { elementBytes } = lanesOf[precision].single
  const [aRow, aColumn] = transposition === 'TN' ? [1, m] : [k, 1]
  const [bRow, bColumn] = transposition === 'NT' ? [1, k] : [n, 1]
  const strides = [aRow, aColumn, bRow, bColumn].map((stride) => stride * elementBytes)
  const [aRowBytes, aColumnBytes, bRowBytes, bColumnBytes] = strides
  return [m, n, k, a, aRowBytes, aColumnBytes, b, bRowBytes, bColumnBytes, c, beta, scratch]
}

/**
 * `(m, n, k, a, aRowStride, aColumnStride, b, bRowStride, bColumnStride, c, beta, scratch)`: C = A B + beta C.
 *
 * Strides in bytes, so that one kernel serves every transposition; C is row-major and dense; beta is 0 or 1, and 0 does
 * not read C. Packs a block of B into column panels and each tile of A into a strip, then multiplies tile by tile
 * (Goto & van de Geijn 2008). Every element of C is summed over k in order, in one accumulator per block of 256.
 */
export const gemm = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { elementBytes } = single
  const tileColumns = tileVectors * vector.width
  const panelRowBytes = tileColumns * elementBytes
  const stripRowBytes = tileRows * elementBytes
  return defineKernel({
    name: 'gemm',
    parameters: ['m', 'n', 'k', 'a', 'aRow', 'aColumn', 'b', 'bRow', 'bColumn', 'c', 'beta', 'scratch'],
    locals: {
      // The block of k at hand, and its length.
      inner: i32,
      depth: i32,
      // The tile of C at hand, how much of it lies inside, and its first address.
      row: i32,
      column: i32,
      rowsLeft: i32,
      columnsLeft: i32,
      cRow: i32,
      // Whether C already holds something to add to.
      accumulate: i32,
      // Parts of scratch.
      panels: i32,
      strip: i32,
      tile: i32,
      // Cursors.
      from: i32,
      to: i32,
      end: i32,
      p: i32,
      q: i32,
      edgeRow: i32,
      edgeColumn: i32,
      sum00: vector.type,
      sum01: vector.type,
      sum10: vector.type,
      sum11: vector.type,
      sum20: vector.type,
      sum21: vector.type,
      sum30: vector.type,
      sum31: vector.type,
      b0: vector.type,
      b1: vector.type,
      element: vector.type,
    },
    body(v) {
      const { m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, beta, scratch } = v
      const { inner, depth, row, column, rowsLeft, columnsLeft, cRow, accumulate, panels, strip, tile } = v
      const { from, to, end, p, q, edgeRow, edgeColumn, b0, b1, element } = v
      const accumulators = [v.sum00, v.sum01, v.sum10, v.sum11, v.sum20, v.sum21, v.sum30, v.sum31]
      const bLanes = [b0, b1]
      const cRowBytes = times(get(n), whole(elementBytes))

      /** Columns [0, n) of the current block of B, as panels [depth, tileColumns], zero beyond n. */
      function packB(): void {
        set(to, get(panels))
        set(column, whole(0))
        whileBelow(column, get(n), () => {
          set(columnsLeft, minus(get(n), get(column)))
          set(from, plus(plus(get(b), times(get(inner), get(bRow))), times(get(column), get(bColumn))))
          set(end, plus(get(to), times(get(depth), whole(panelRowBytes))))
          packStrip({
            lanes: lanesOf[precision],
            width: tileColumns,
            left: columnsLeft,
            to,
            end,
            from,
            step: bRow,
            stride: bColumn,
            element: p,
          })
          advance(column, whole(tileColumns))
        })
      }

      /** Rows [row, row + 4) of the current block of A, as a strip [depth, 4], zero beyond m. */
      function packA(): void {
        set(to, get(strip))
        set(from, plus(plus(get(a), times(get(row), get(aRow))), times(get(inner), get(aColumn))))
        set(end, plus(get(to), times(get(depth), whole(stripRowBytes))))
        packStrip({
          lanes: lanesOf[precision],
          width: tileRows,
          left: rowsLeft,
          to,
          end,
          from,
          step: aColumn,
          stride: aRow,
          element: p,
        })
      }

      /** accumulators = strip * panel, over `depth`. */
      function multiplyTile(): void {
        for (const accumulator of accumulators) set(accumulator, vector.constant(0))
        set(p, get(strip))
        set(end, plus(get(p), times(get(depth), whole(stripRowBytes))))
        whileBelow(p, get(end), () => {
          for (const [index, lane] of bLanes.entries()) set(lane, vector.load(get(q), index * vector.bytes))
          for (let r = 0; r < tileRows; r++) {
            set(element, vector.loadSplat(get(p), r * elementBytes))
            bLanes.forEach((lane, index) => {
              const accumulator = accumulators[r * tileVectors + index]
              set(accumulator, vector.add(get(accumulator), vector.mul(get(element), get(lane))))
            })
          }
          advance(p, whole(stripRowBytes))
          advance(q, whole(panelRowBytes))
        })
      }

      /** Writes or adds the accumulators to a tile whose rows are `rowBytes` apart. */
      function storeTile(address: Local<'i32'>, rowBytes: Emit, add: boolean): void {
        set(to, get(address))
        accumulators.forEach((accumulator, index) => {
          const offset = (index % tileVectors) * vector.bytes
          const value = add ? vector.add(vector.load(get(to), offset), get(accumulator)) : get(accumulator)
          vector.store(get(to), value, offset)
          if (index % tileVectors === tileVectors - 1) advance(to, rowBytes)
        })
      }

      /** At an edge of C: through a whole tile in scratch, of which the part inside C is taken. */
      function storeEdge(): void {
        storeTile(tile, whole(panelRowBytes), false)
        set(from, get(tile))
        set(to, get(cRow))
        set(edgeRow, whole(0))
        whileBelow(edgeRow, get(rowsLeft), () => {
          set(edgeColumn, whole(0))
          whileBelow(edgeColumn, get(columnsLeft), () => {
            const offset = times(get(edgeColumn), whole(elementBytes))
            const target = plus(get(to), offset)
            const value = single.load(plus(get(from), offset))
            when(
              get(accumulate),
              () => single.store(target, single.add(single.load(target), value)),
              () => single.store(target, value),
            )
            advance(edgeColumn, whole(1))
          })
          advance(from, whole(panelRowBytes))
          advance(to, cRowBytes)
          advance(edgeRow, whole(1))
        })
      }

      const paddedColumns: Emit = () => {
        plus(get(n), whole(tileColumns - 1))()
        i32.const(-tileColumns)
        i32.and()
      }
      set(panels, get(scratch))
      set(strip, plus(get(scratch), times(paddedColumns, whole(innerBlock * elementBytes))))
      set(tile, plus(get(strip), whole(innerBlock * stripRowBytes)))
      set(inner, whole(0))
      set(accumulate, get(beta))
      whileBelow(inner, get(k), () => {
        set(depth, smaller(minus(get(k), get(inner)), whole(innerBlock)))
        packB()
        set(row, whole(0))
        whileBelow(row, get(m), () => {
          set(rowsLeft, smaller(minus(get(m), get(row)), whole(tileRows)))
          packA()
          set(q, get(panels))
          set(column, whole(0))
          whileBelow(column, get(n), () => {
            set(columnsLeft, smaller(minus(get(n), get(column)), whole(tileColumns)))
            set(cRow, plus(get(c), plus(times(get(row), cRowBytes), times(get(column), whole(elementBytes)))))
            multiplyTile()
            const isWhole: Emit = () => {
              whole(tileRows * tileColumns)()
              times(get(rowsLeft), get(columnsLeft))()
              i32.eq()
            }
            when(
              isWhole,
              () =>
                when(
                  get(accumulate),
                  () => storeTile(cRow, cRowBytes, true),
                  () => storeTile(cRow, cRowBytes, false),
                ),
              storeEdge,
            )
            advance(column, whole(tileColumns))
          })
          advance(row, whole(tileRows))
        })
        set(accumulate, whole(1))
        advance(inner, whole(innerBlock))
      })
    },
  })
})
