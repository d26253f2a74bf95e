import { func, i32, v128 } from './assembler/index.ts'
import { advance, get, plus, set, whole } from './emit.ts'
import { invoke, repeat } from './gemm-control.ts'
import { transposePanel } from './gemm-panels.ts'
import { balancedParts } from './gemm-partition.ts'
import { segmentGroups, segmentsOf, vectorBytes } from './gemm-segments.ts'
import { type GemmShape, gemmName, gemmStrides } from './gemm-shape.ts'
import { storeTile, sumTile, type Tile, tileRegisters } from './gemm-tile.ts'
import { largeTile, tileShape } from './gemm-tile-shape.ts'
import type { Kernel } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/** Elements of scratch for an NT product of four rows or more. */
export function directScratchLength(precision: Precision, k: number): number {
  return k * largeTile(true).vectors * lanesOf[precision].vector.width
}

/**
 * `(a, b, c, scratch)`: a product that reads its operands where they lie, which is fast as long as they stay in the
 * caches. Only of an NT, whose B lies the wrong way, is a panel of k rows at a time transposed into scratch; there must
 * be a vector of columns.
 */
export function directGemm(shape: GemmShape): Kernel {
  const { precision, m, k, beta, relaxed } = shape
  const lanes = lanesOf[precision].vector
  const strides = gemmStrides(shape)
  const largest = tileShape(m, segmentsOf(strides.cRow).length, relaxed)
  const groups = segmentGroups(strides.cRow, largest.vectors)
  const strips = balancedParts(m, largest.rows)
  const transposesB = shape.transposition === 'NT'
  const registers = Array.from({ length: tileRegisters(largest.rows, largest.vectors) }, () => v128)
  const kernel = func(
    {
      in: [i32, i32, i32, i32],
      locals: [i32, i32, i32, i32, i32, i32, i32, i32, i32, ...registers],
      out: [],
    },
    ([a, b, c, scratch], [p, q, end, bGroup, cGroup, aStrip, row, groupsLeft, stripsLeft, ...vectors]) => {
      const locals = { p, q, end, registers: vectors }
      for (const { count: groupCount, offset, segments } of groups) {
        const packed = segments.map((_, index) => ({ offset: index * vectorBytes, bytes: vectorBytes }))
        const panelBytes = segments.length * vectorBytes
        const columnBytes = (bytes: number): number => (bytes / lanes.elementBytes) * strides.bColumn
        set(bGroup, plus(get(b), whole(columnBytes(offset))))
        set(cGroup, plus(get(c), whole(offset)))
        repeat(groupsLeft, groupCount, () => {
          if (transposesB) {
            segments.forEach((segment, index) => {
              const [from, to] = [
                plus(get(bGroup), whole(columnBytes(segment.offset))),
                plus(get(scratch), whole(index * vectorBytes)),
              ]
              invoke(transposePanel(precision), from, whole(strides.bColumn), to, whole(panelBytes), whole(k))
            })
          }
          set(aStrip, get(a))
          set(row, get(cGroup))
          for (const { size, count } of strips) {
            const tile: Tile = {
              lanes,
              relaxed,
              rows: size,
              segments: transposesB ? packed : segments,
              aLoad: 'splat',
              aRowBytes: strides.aRow,
              aStepBytes: strides.aStep,
              bStepBytes: transposesB ? panelBytes : strides.bStep,
            }
            repeat(stripsLeft, count, () => {
              set(p, get(aStrip))
              set(q, get(transposesB ? scratch : bGroup))
              sumTile(tile, k, locals)
              storeTile(tile, segments, row, whole(strides.cRow), beta === 1, locals)
              advance(aStrip, whole(size * strides.aRow))
            })
          }
          advance(bGroup, whole(columnBytes(panelBytes)))
          advance(cGroup, whole(panelBytes))
        })
      }
    },
  )
  return { name: gemmName(shape), func: kernel }
}
