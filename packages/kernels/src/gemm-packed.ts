import { i32, type Local } from './assembler/index.ts'
import { advance, get, minus, plus, set, smaller, times, whole } from './emit.ts'
import { invoke, repeat, untilNone } from './gemm-control.ts'
import { blockSteps, packedTile, stripRowBytes } from './gemm-packed-tile.ts'
import { copyPanel, transposePanel } from './gemm-panels.ts'
import { balancedParts } from './gemm-partition.ts'
import { type SegmentGroup, segmentGroups, vectorBytes } from './gemm-segments.ts'
import { type GemmShape, gemmName, gemmStrides } from './gemm-shape.ts'
import { copyRows, cutStrips } from './gemm-strips.ts'
import { largeTile } from './gemm-tile-shape.ts'
import { defineKernel, type Kernel } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/** Panels of B in a block, 256 x 8 in f32 each: half of an L2 cache of 1 MiB. The last block may have one more. */
const blockPanels = 64
/** Strips of A that are packed at a time. */
const blockStrips = 2

/** The highest strip, and the widest panel. */
const { rows: largestRows, vectors: largestVectors } = largeTile(true)
const panelStepBytes = largestVectors * vectorBytes

/** Elements of scratch for a product of any number of rows. */
export function packedScratchLength(precision: Precision, n: number, k: number): number {
  const { elementBytes, width } = lanesOf[precision].vector
  const panels = Math.min(Math.ceil(n / width / largestVectors), blockPanels + 1)
  return (
    (blockStrips * stripBytes(precision) + panels * panelStepBytes * Math.min(k, blockSteps)) / elementBytes
  )
}

/** Bytes from strip to strip of those that lie step by step. */
function stripBytes(precision: Precision): number {
  return largestRows * stripRowBytes(precision)
}

/**
 * `(a, b, c, scratch)`: a product of any size, from one vector of columns on. A block of B is packed into panels that
 * stay in the L2 cache, and of A a few strips at a time; then it goes tile by tile (Goto & van de Geijn 2008).
 */
export function packedGemm(shape: GemmShape): Kernel {
  const { precision, transposition, m, k, beta, relaxed } = shape
  const { elementBytes } = lanesOf[precision].single
  const strides = gemmStrides(shape)
  const layout = transposition === 'TN' ? 'steps' : 'rows'
  const strips = balancedParts(m, largeTile(relaxed).rows)
  const passes = Math.ceil(k / blockSteps)
  const mostSteps = passes === 1 ? k : 4 * Math.ceil(k / passes / 4)
  const bColumns = (bytes: number): number => (bytes / elementBytes) * strides.bColumn

  return defineKernel({
    name: gemmName(shape),
    parameters: ['a', 'b', 'c', 'scratch'],
    locals: {
      // The steps of k at hand: how many are left with them, how many they are, and whether C holds something already.
      stepsLeft: i32,
      steps: i32,
      adds: i32,
      // A and B from there on; the next rows of A and C; the next columns of B and C.
      aBlock: i32,
      bBlock: i32,
      aRows: i32,
      cRows: i32,
      bColumn: i32,
      cTile: i32,
      // What is packed: a strip of A, a panel of B.
      strip: i32,
      panel: i32,
      blocksLeft: i32,
      panelsLeft: i32,
      stripsLeft: i32,
      stripsPacked: i32,
    },
    body(v) {
      const { a, b, c, scratch, stepsLeft, steps, adds, aBlock, bBlock, aRows, cRows, bColumn, cTile } = v
      const { strip, panel, blocksLeft, panelsLeft, stripsLeft, stripsPacked } = v

      /** Walks over the panels, and a cursor with them. */
      function overPanels(
        groups: readonly SegmentGroup[],
        cursor: Local<'i32'>,
        from: Local<'i32'>,
        cursorBytes: (bytes: number) => number,
        body: (segments: SegmentGroup['segments'], panelBytes: number) => void,
      ): void {
        set(panel, plus(get(scratch), whole(blockStrips * stripBytes(precision))))
        for (const { count, offset, segments } of groups) {
          const panelBytes = segments.length * vectorBytes
          set(cursor, plus(get(from), whole(cursorBytes(offset))))
          repeat(panelsLeft, count, () => {
            body(segments, panelBytes)
            advance(cursor, whole(cursorBytes(panelBytes)))
            advance(panel, times(get(steps), whole(panelBytes)))
          })
        }
      }

      function packB(groups: readonly SegmentGroup[]): void {
        overPanels(groups, bColumn, bBlock, bColumns, (segments, panelBytes) => {
          if (transposition !== 'NT') {
            const { offset } = segments[segments.length - 1]
            const copy = copyPanel(precision, segments.length, offset)
            invoke(copy, get(bColumn), whole(strides.bStep), get(panel), get(steps))
            return
          }
          segments.forEach(({ offset }, index) => {
            const from = plus(get(bColumn), whole(bColumns(offset)))
            const to = plus(get(panel), whole(index * vectorBytes))
            invoke(transposePanel(precision), from, whole(strides.bColumn), to, whole(panelBytes), get(steps))
          })
        })
      }

      function packA(rows: number): void {
        const to = get(scratch)
        if (layout === 'steps') {
          const toStep = whole(stripBytes(precision))
          invoke(
            cutStrips(precision, rows),
            get(aRows),
            whole(strides.aStep),
            to,
            toStep,
            get(stripsPacked),
            get(steps),
          )
        } else {
          const [toStep, count] = [whole(stripRowBytes(precision)), times(get(stripsPacked), whole(rows))]
          invoke(copyRows(precision), get(aRows), whole(strides.aRow), to, toStep, count, get(steps))
        }
        advance(aRows, times(get(stripsPacked), whole(rows * strides.aRow)))
      }

      function multiplyStrip(rows: number, groups: readonly SegmentGroup[]): void {
        overPanels(
          groups,
          cTile,
          cRows,
          (bytes) => bytes,
          (segments) => {
            const { overlap } = segments[segments.length - 1]
            const tile = packedTile(precision, rows, segments.length, overlap, layout, relaxed)
            invoke(tile, get(strip), get(panel), get(steps), get(cTile), whole(strides.cRow), get(adds))
          },
        )
        advance(strip, whole(layout === 'steps' ? stripBytes(precision) : rows * stripRowBytes(precision)))
        advance(cRows, whole(rows * strides.cRow))
      }

      function multiplyBlock(groups: readonly SegmentGroup[]): void {
        packB(groups)
        set(aRows, get(aBlock))
        set(cRows, get(c))
        for (const { size: rows, count } of strips) {
          set(stripsLeft, whole(count))
          untilNone(stripsLeft, () => {
            set(stripsPacked, smaller(get(stripsLeft), whole(blockStrips)))
            set(stripsLeft, minus(get(stripsLeft), get(stripsPacked)))
            packA(rows)
            set(strip, get(scratch))
            untilNone(stripsPacked, () => {
              multiplyStrip(rows, groups)
              set(stripsPacked, minus(get(stripsPacked), whole(1)))
            })
          })
        }
      }

      for (const { count, groups } of columnBlocks(segmentGroups(strides.cRow, largestVectors))) {
        repeat(blocksLeft, count, () => {
          set(adds, whole(beta))
          set(aBlock, get(a))
          set(bBlock, get(b))
          set(stepsLeft, whole(k))
          untilNone(stepsLeft, () => {
            set(steps, smaller(get(stepsLeft), whole(mostSteps)))
            multiplyBlock(groups)
            set(adds, whole(1))
            advance(aBlock, whole(mostSteps * strides.aStep))
            advance(bBlock, whole(mostSteps * strides.bStep))
            set(stepsLeft, minus(get(stepsLeft), get(steps)))
          })
          advance(b, whole(bColumns(blockPanels * panelStepBytes)))
          advance(c, whole(blockPanels * panelStepBytes))
        })
      }
    },
  })
}

/** The groups of a row in blocks; all but the last are alike. */
function columnBlocks([first, ...rest]: readonly SegmentGroup[]): {
  count: number
  groups: SegmentGroup[]
}[] {
  const before = Math.ceil(first.count / blockPanels) - 1
  const last = { ...first, count: first.count - before * blockPanels }
  const moved = rest.map((group) => ({
    ...group,
    offset: group.offset - before * blockPanels * panelStepBytes,
  }))
  const blocks = [
    { count: before, groups: [{ ...first, count: blockPanels }] },
    { count: 1, groups: [last, ...moved] },
  ]
  return blocks.filter(({ count }) => count > 0)
}
