import { v128 } from './assembler/index.ts'
import type { Emit } from './emit.ts'
import { balancedParts } from './gemm-partition.ts'

/** Bytes of a vector. */
export const vectorBytes = 16

/** The bytes of a row that a vector holds. */
export interface Segment {
  /** Bytes from the row's start. */
  readonly offset: number
  /** A whole vector, or the whole row where that is less. */
  readonly bytes: number
  /** How many of the first bytes belong to the segment before, too. */
  readonly overlap: number
}

/** A row of `bytes` as vectors. The last reaches back where it would overhang, so that nothing outside is touched. */
export function segmentsOf(bytes: number): Segment[] {
  if (bytes < vectorBytes) return [{ offset: 0, bytes, overlap: 0 }]
  return Array.from({ length: Math.ceil(bytes / vectorBytes) }, (_, index) => {
    const offset = Math.min(index * vectorBytes, bytes - vectorBytes)
    return { offset, bytes: vectorBytes, overlap: index * vectorBytes - offset }
  })
}

/** Segments that a tile takes at once, and as many such groups side by side. */
export interface SegmentGroup {
  readonly count: number
  /** Bytes from the row's start to the first group. */
  readonly offset: number
  /** With offsets from the start of their group. */
  readonly segments: readonly Segment[]
}

/** The segments of a row in groups of at most `largest`; neighbours that look alike are one entry. */
export function segmentGroups(bytes: number, largest: number): SegmentGroup[] {
  const all = segmentsOf(bytes)
  const groups: SegmentGroup[] = []
  let next = 0
  for (const { size, count } of balancedParts(all.length, largest)) {
    for (let index = 0; index < count; index++) {
      const { offset } = all[next]
      const segments = all.slice(next, next + size).map((each) => ({ ...each, offset: each.offset - offset }))
      next += size
      const before = groups.at(-1)
      if (before !== undefined && isAlike(before.segments, segments)) {
        groups[groups.length - 1] = { ...before, count: before.count + 1 }
      } else groups.push({ count: 1, offset, segments })
    }
  }
  return groups
}

function isAlike(a: readonly Segment[], b: readonly Segment[]): boolean {
  return a.length === b.length && a.every(({ overlap }, index) => overlap === b[index].overlap)
}

/** Loads `bytes` of 4, 8, 12 or 16; the lanes beyond are 0. */
export function loadBytes(bytes: number, address: Emit, offset: number): Emit {
  return () => {
    address()
    if (bytes === vectorBytes) v128.load({ offset })
    else if (bytes === 4) v128.load32_zero({ offset })
    else if (bytes === 8) v128.load64_zero({ offset })
    else {
      address()
      v128.load64_zero({ offset })
      v128.load32_lane(2, { offset: offset + 8 })
    }
  }
}

/** Stores a segment of the row at an address; what it shares with the segment before stays as it was. */
export function storeSegment({ offset, bytes, overlap }: Segment, row: Emit, value: Emit): void {
  row()
  value()
  if (bytes === 4) v128.store32_lane(0, { offset })
  else if (bytes < vectorBytes) v128.store64_lane(0, { offset })
  else {
    if (overlap > 0) {
      row()
      v128.load({ offset })
      v128.const(Array.from({ length: vectorBytes }, (_, byte) => (byte < overlap ? 0 : 0xff)))
      v128.bitselect()
    }
    v128.store({ offset })
  }
  if (bytes !== 12) return
  row()
  value()
  v128.store32_lane(2, { offset: offset + 8 })
}
