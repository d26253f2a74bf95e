import { func, i32, type Local, local, v128 } from './assembler/index.ts'
import { advance, get, set, whole } from './emit.ts'
import { repeat } from './gemm-control.ts'
import { balancedParts } from './gemm-partition.ts'
import { vectorBytes } from './gemm-segments.ts'
import { type GemmShape, gemmName, gemmStrides } from './gemm-shape.ts'
import { addSteps, sumTile, type Tile, type TileLocals, tileRegisters, tileSums } from './gemm-tile.ts'
import { tileShape } from './gemm-tile-shape.ts'
import { transposeSquare } from './gemm-transpose.ts'
import type { Kernel } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/**
 * `(a, b, c, scratch)`: an NT product as inner products of rows of A with rows of B, each in as many partial sums as a
 * vector has lanes. Nothing is packed, which is what matters where one of the operands has few rows.
 */
export function dotGemm(shape: GemmShape): Kernel {
  const { precision, m, n, k, beta, relaxed } = shape
  const lanes = lanesOf[precision].vector
  const { elementBytes, width } = lanes
  const strides = gemmStrides(shape)
  const largest = tileShape(m, n, relaxed)
  const groups = balancedParts(n, largest.vectors)
  const strips = balancedParts(m, largest.rows)
  const registers = Array.from({ length: tileRegisters(largest.rows, largest.vectors) }, () => v128)
  const kernel = func(
    {
      in: [i32, i32, i32, i32],
      locals: [i32, i32, i32, i32, i32, i32, i32, i32, ...registers],
      out: [],
    },
    ([a, b, c], [p, q, end, aStrip, cGroup, row, groupsLeft, stripsLeft, ...vectors]) => {
      const locals = { p, q, end, registers: vectors }
      set(cGroup, get(c))
      for (const { size: columns, count: groupCount } of groups) {
        repeat(groupsLeft, groupCount, () => {
          set(aStrip, get(a))
          set(row, get(cGroup))
          for (const { size: rows, count } of strips) {
            const tileOf = (bytes: number): Tile => ({
              lanes,
              relaxed,
              rows,
              segments: Array.from({ length: columns }, (_, column) => ({
                offset: column * strides.bColumn,
                bytes,
              })),
              aLoad: bytes,
              aRowBytes: strides.aRow,
              aStepBytes: vectorBytes,
              bStepBytes: vectorBytes,
            })
            const tile = tileOf(vectorBytes)
            repeat(stripsLeft, count, () => {
              set(p, get(aStrip))
              set(q, get(b))
              sumTile(tile, Math.floor(k / width), locals)
              if (k % width > 0) addSteps(tileOf((k % width) * elementBytes), 1, locals)
              storeTotals(precision, tile, row, strides.cRow, beta === 1, locals)
              advance(aStrip, whole(rows * strides.aRow))
              advance(row, whole(rows * strides.cRow))
            })
          }
          advance(b, whole(columns * strides.bColumn))
          advance(cGroup, whole(columns * elementBytes))
        })
      }
    },
  )
  return { name: gemmName(shape), func: kernel }
}

/** Writes the total of each sum's lanes to its element of C, or adds it. */
function storeTotals(
  precision: Precision,
  tile: Tile,
  row: Local<'i32'>,
  rowBytes: number,
  adds: boolean,
  locals: TileLocals,
): void {
  const { width, elementBytes, add, constant } = tile.lanes
  const [loadLane, storeLane] =
    precision === 'f32' ? [v128.load32_lane, v128.store32_lane] : [v128.load64_lane, v128.store64_lane]
  const columns = tile.segments.length
  const sums = tileSums(tile, locals)
  const spare = locals.registers.slice(sums.length)
  for (let first = 0; first < sums.length; first += width) {
    const own = sums.slice(first, first + width)
    const missing = width - own.length
    const square = [...own, ...spare.slice(0, missing)]
    const offsets = own.map((_, index) => {
      const [tileRow, column] = [Math.floor((first + index) / columns), (first + index) % columns]
      return tileRow * rowBytes + column * elementBytes
    })
    transposeSquare(precision, square, spare.slice(missing))
    const [total, before] = square
    for (const lanes of square.slice(1)) set(total, add(get(total), get(lanes)))
    if (adds) {
      set(before, constant(0))
      offsets.forEach((offset, lane) => {
        get(row)()
        get(before)()
        loadLane(lane, { offset })
        local.set(before)
      })
      set(total, add(get(before), get(total)))
    }
    offsets.forEach((offset, lane) => {
      get(row)()
      get(total)()
      storeLane(lane, { offset })
    })
  }
}
