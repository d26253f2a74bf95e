import { func, i32, v128 } from './assembler/index.ts'
import { get, when } from './emit.ts'
import { type Segment, vectorBytes } from './gemm-segments.ts'
import { storeTile, sumTile, type Tile, tileRegisters } from './gemm-tile.ts'
import { type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/** Steps of k in a block: a tile's panel of B, 256 x 8 in f32, takes a quarter of an L1 cache of 32 KiB. */
export const blockSteps = 256

/** How a strip of A lies in scratch: row by row, or step by step. */
export type StripLayout = 'rows' | 'steps'

/** Bytes from row to row of a strip: no power of two, or the rows would share their places in the cache. */
export function stripRowBytes(precision: Precision): number {
  return blockSteps * lanesOf[precision].single.elementBytes + 64
}

/**
 * `(a, b, steps, c, cStep, adds)`: writes a tile's sums to C or adds them; a strip of A and a panel of B are packed.
 * A function of its own, which all products of a plan share.
 */
export const packedTile = once(
  (
    precision: Precision,
    rows: number,
    vectors: number,
    overlap: number,
    layout: StripLayout,
    relaxed: boolean,
  ): Kernel => {
    const lanes = lanesOf[precision].vector
    const { elementBytes } = lanes
    const inPanel = Array.from({ length: vectors }, (_, index) => ({
      offset: index * vectorBytes,
      bytes: vectorBytes,
    }))
    const inC = inPanel.map(({ offset, bytes }, index): Segment => {
      const [back, shared] = index === vectors - 1 ? [index === 0 ? 0 : overlap, overlap] : [0, 0]
      return { offset: offset - back, bytes, overlap: shared }
    })
    const tile: Tile = {
      lanes,
      relaxed,
      rows,
      segments: inPanel,
      aLoad: 'splat',
      aRowBytes: layout === 'rows' ? stripRowBytes(precision) : elementBytes,
      aStepBytes: layout === 'rows' ? elementBytes : rows * elementBytes,
      bStepBytes: vectors * vectorBytes,
    }
    const registers = Array.from({ length: tileRegisters(rows, vectors) }, () => v128)
    const kernel = func(
      { in: [i32, i32, i32, i32, i32, i32], locals: [i32, ...registers], out: [] },
      ([p, q, steps, c, cStep, adds], [end, ...vectors]) => {
        const locals = { p, q, end, registers: vectors }
        const store = (adding: boolean): void => storeTile(tile, inC, c, get(cStep), adding, locals)
        sumTile(tile, steps, locals)
        when(
          get(adds),
          () => store(true),
          () => store(false),
        )
      },
    )
    return { name: 'packedTile', func: kernel }
  },
)
