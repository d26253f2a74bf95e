import { type Affine, applyAffine } from '../affine.ts'
import { copyPixels, type ImageLayout, type ImageShape } from '../image.ts'
import { requireInteger } from '../ranges.ts'
import type { BlockPool } from './block-pool.ts'
import type { FilesRange } from './counted-parts.ts'
import type { Gate } from './gate.ts'
import type { ReadAhead } from './read-ahead.ts'
import { joinRuns, type SortedRecords, sortRecords } from './record-runs.ts'
import { type RecordSequence, settled } from './record-sequence.ts'

/** One part of a data set that stays in its files. */
export interface RecordPart {
  readonly samples: number
  /** Class indices [samples]. */
  readonly labels: Int32Array
  /**
   * Reads the first `count` samples that `indices` names, in any order, also several times, as rows of `target`
   * [count, featureCount]: the numbers of the `Dataset` that `readDataset` gives, to the bit, in f32 and in f64.
   *
   * Reading begins before this returns and needs the thread only at its end: a caller that computes meanwhile waits less.
   * `indices` may change at once; `target` may be used when the promise is settled. Any number of reads may be under
   * way. A read of consecutive samples that starts the part, or goes on where the last such read ended, reads ahead.
   *
   * Rejects with RangeError for `count` (at most 2^22), an index or a `target` out of range, TypeError once the source is
   * closed, and DatasetError `truncated` or `unreadable` where a file has changed.
   */
  read(indices: Int32Array, count: number, target: Float32Array | Float64Array): Promise<void>
}

export interface RecordPartOptions {
  readonly range: FilesRange<RecordSequence>
  readonly labels: Int32Array
  readonly image: ImageShape
  /** Where the pixels begin in a record. */
  readonly pixelOffset: number
  readonly layout: ImageLayout
  /** The preprocessing, in order. */
  readonly affines: readonly Affine[]
  /** Lends blocks of `blockBytes`. */
  readonly blocks: BlockPool
  readonly blockBytes: number
  readonly ahead: ReadAhead
  readonly gate: Gate
}

/** Unwanted bytes between two records that cost less to read than another call to the system. */
const gapBytes = 16_384

export function createRecordPart(options: RecordPartOptions): RecordPart {
  const { range, labels, image, pixelOffset, layout, affines, blocks, blockBytes, ahead, gate } = options
  const { files, from: first, to: end } = range
  const { recordBytes } = files
  const samples = end - first
  const featureCount = image[0] * image[1] * image[2]
  const capacity = Math.floor(blockBytes / recordBytes)
  const gap = Math.floor(gapBytes / recordBytes)
  /** The record after the last read of consecutive ones. */
  let expected = first

  function check(indices: Int32Array, count: number, target: Float32Array | Float64Array): void {
    requireInteger('count', count, 0, Math.min(indices.length, 2 ** 22))
    if (target.length < count * featureCount)
      throw new RangeError(
        `target must hold at least ${count} x ${featureCount} numbers; received ${target.length}`,
      )
    for (let row = 0; row < count; row++)
      if (!(indices[row] >= 0 && indices[row] < samples))
        throw new RangeError(
          `indices[${row}] must be an integer from 0 to ${samples - 1}; received ${indices[row]}`,
        )
  }

  /** The pixels of the record in a slot of a block, as the features of a row. */
  function copyRecord(block: Uint8Array, slot: number, target: Float32Array | Float64Array, row: number) {
    const start = slot * recordBytes + pixelOffset
    copyPixels(block.subarray(start, start + featureCount), image, layout, target, row * featureCount)
  }

  /** Reads consecutive records, and begins to read those that come next in a pass in order. */
  async function readConsecutive(from: number, count: number, target: Float32Array | Float64Array) {
    const to = from + count
    const passes = from === first || from === expected
    expected = to
    const copy = (block: Uint8Array, slot: number): void => {
      for (let row = 0; row < count; row++) copyRecord(block, slot + row, target, row)
    }
    const loadNext = () => ahead.load(files, to, Math.min(to + Math.floor(capacity / count) * count, end))
    if (ahead.holds(files, from, to)) {
      await ahead.use((block, start) => copy(block, from - start))
      if (ahead.endsAt(to)) loadNext()
      return
    }
    const reading = blocks.use(async (block) => {
      await files.read(from, to, block, 0)
      copy(block, 0)
    })
    if (passes) loadNext()
    await reading
  }

  async function readSorted({ records, rows }: SortedRecords, target: Float32Array | Float64Array) {
    await blocks.use(async (block) => {
      for (let start = 0; start < records.length; ) {
        const { runs, next } = joinRuns(records, start, capacity, gap)
        await settled(runs.map(({ from, to, slot }) => files.read(from, to, block, slot * recordBytes)))
        let run = 0
        for (let index = start; index < next; index++) {
          while (records[index] >= runs[run].to) run++
          const slot = runs[run].slot + records[index] - runs[run].from
          copyRecord(block, slot, target, rows[index])
        }
        start = next
      }
    })
  }

  return {
    samples,
    labels,
    read: (indices, count, target) =>
      gate.pass(async () => {
        check(indices, count, target)
        if (count === 0) return
        await (count <= capacity && isConsecutive(indices, count)
          ? readConsecutive(first + indices[0], count, target)
          : readSorted(sortRecords(indices, count, first), target))
        for (const affine of affines) applyAffine(target, affine, count * featureCount)
      }),
  }
}

function isConsecutive(indices: Int32Array, count: number): boolean {
  for (let row = 1; row < count; row++) if (indices[row] !== indices[0] + row) return false
  return true
}
