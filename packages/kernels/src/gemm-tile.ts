import { br_if, i32, if_, type Local, loop } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { loadBytes, type Segment, storeSegment } from './gemm-segments.ts'
import type { Lanes } from './lanes.ts'

/** Steps in the body of a tile's loop. What a loop takes beside its products is a tenth of the whole with 4, half that with 8. */
const stepsPerRound = 8

/** Sums of products in registers: `rows` times one vector for each segment. */
export interface Tile {
  readonly lanes: Lanes
  /** Whether products may be added without being rounded. */
  readonly relaxed: boolean
  readonly rows: number
  /** What is loaded of B at each step: bytes, and where they lie. */
  readonly segments: readonly Pick<Segment, 'offset' | 'bytes'>[]
  /** What is loaded of A in each row at each step: one element into all lanes, or so many bytes. */
  readonly aLoad: 'splat' | number
  /** Bytes from row to row of A, and from step to step. */
  readonly aRowBytes: number
  readonly aStepBytes: number
  readonly bStepBytes: number
}

/** The locals in which a tile is summed. */
export interface TileLocals {
  /** Where A and B are read next, and where in A a loop ends. */
  readonly p: Local<'i32'>
  readonly q: Local<'i32'>
  readonly end: Local<'i32'>
  /** As many as `tileRegisters` says for the largest tile. */
  readonly registers: readonly Local<'v128'>[]
}

/** Vectors that a tile takes: its sums, one step of B, two values of A and two products. */
export function tileRegisters(rows: number, segments: number): number {
  return rows * segments + segments + 4
}

/** The sums of a tile, row by row. */
export function tileSums({ rows, segments }: Tile, { registers }: TileLocals): readonly Local<'v128'>[] {
  return registers.slice(0, rows * segments.length)
}

/** Sums from 0 over `steps` steps, and moves p and q past them. */
export function sumTile(tile: Tile, steps: number | Local<'i32'>, locals: TileLocals): void {
  const { p, end } = locals
  for (const sum of tileSums(tile, locals)) set(sum, tile.lanes.constant(0))
  const rounds = (bytes: Emit): void => {
    set(end, plus(get(p), bytes))
    loop((again) => {
      addSteps(tile, stepsPerRound, locals)
      i32.lt_u(p, end)
      br_if(again)
    })
  }
  if (typeof steps === 'number') {
    const rest = steps % stepsPerRound
    if (steps >= 2 * stepsPerRound) rounds(whole((steps - rest) * tile.aStepBytes))
    else addSteps(tile, steps - rest, locals)
    addSteps(tile, rest, locals)
    return
  }
  const bytesOf = (bits: number): Emit => times(() => i32.and(steps, bits), whole(tile.aStepBytes))
  i32.ge_u(steps, stepsPerRound)
  if_(() => rounds(bytesOf(-stepsPerRound)))
  set(end, plus(get(p), bytesOf(stepsPerRound - 1)))
  whileBelow(p, get(end), () => addSteps(tile, 1, locals))
}

/** Adds the products of `steps` steps. */
export function addSteps(tile: Tile, steps: number, locals: TileLocals): void {
  const { lanes, aLoad, aRowBytes, aStepBytes, bStepBytes, relaxed, segments } = tile
  const { p, q, registers } = locals
  const sums = tileSums(tile, locals)
  const width = segments.length
  const b = registers.slice(sums.length, sums.length + width)
  const rest = registers.slice(sums.length + width)
  for (let step = 0; step < steps; step++) {
    segments.forEach(({ offset, bytes }, column) => {
      set(b[column], loadBytes(bytes, get(q), step * bStepBytes + offset))
    })
    // Two products, then their two sums: in turns they would take a tenth longer.
    for (let pair = 0; pair < sums.length; pair += 2) {
      const indices = [pair, pair + 1].slice(0, sums.length - pair)
      for (const index of indices) {
        const [row, column] = [Math.floor(index / width), index % width]
        const [a, product, sum] = [rest[row % 2], rest[2 + (index % 2)], sums[index]]
        if (column === 0) {
          const offset = row * aRowBytes
          set(a, aLoad === 'splat' ? lanes.loadSplat(get(p), offset) : loadBytes(aLoad, get(p), offset))
        }
        if (relaxed) set(sum, lanes.relaxedMultiplyAdd(get(a), get(b[column]), get(sum)))
        else set(product, lanes.mul(get(a), get(b[column])))
      }
      if (relaxed) continue
      for (const index of indices) set(sums[index], lanes.add(get(sums[index]), get(rest[2 + (index % 2)])))
    }
    // At each step, because V8 folds no offset into a load that splats.
    advance(p, whole(aStepBytes))
  }
  if (steps > 0) advance(q, whole(steps * bStepBytes))
}

/** Writes the sums to `segments` of rows of C, the first at `row`, or adds them to what is there; moves `row`. */
export function storeTile(
  tile: Tile,
  segments: readonly Segment[],
  row: Local<'i32'>,
  rowBytes: Emit,
  adds: boolean,
  locals: TileLocals,
): void {
  tileSums(tile, locals).forEach((sum, index) => {
    const column = index % segments.length
    const { offset, bytes } = segments[column]
    const value = adds ? tile.lanes.add(loadBytes(bytes, get(row), offset), get(sum)) : get(sum)
    storeSegment(segments[column], get(row), value)
    if (column === segments.length - 1) advance(row, rowBytes)
  })
}
