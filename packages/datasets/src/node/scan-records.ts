import type { FilesRange } from './counted-parts.ts'
import type { RecordSequence } from './record-sequence.ts'

/** Takes in one record, which begins at byte `offset` of `bytes`. */
export type VisitRecord = (bytes: Uint8Array, offset: number, record: number) => void

/** Two blocks of one size, each of room for one record at least. */
export type BlockPair = readonly [Uint8Array, Uint8Array]

/**
 * Visits the records of a range in order. They pass through the two blocks: while those of one are visited, the other is
 * read.
 */
export async function scanRecords(
  { files, from, to }: FilesRange<RecordSequence>,
  blocks: BlockPair,
  visit: VisitRecord,
): Promise<void> {
  const { recordBytes } = files
  const capacity = Math.floor(blocks[0].length / recordBytes)
  const read = (start: number, block: 0 | 1): Promise<void> =>
    start < to ? files.read(start, Math.min(start + capacity, to), blocks[block], 0) : Promise.resolve()

  let block: 0 | 1 = 0
  let reading = read(from, block)
  for (let start = from; start < to; start += capacity) {
    await reading
    const bytes = blocks[block]
    block = block === 0 ? 1 : 0
    reading = read(start + capacity, block)
    try {
      for (let record = start; record < Math.min(start + capacity, to); record++)
        visit(bytes, (record - start) * recordBytes, record)
    } catch (error) {
      // The caller may close the files: not while one is being read.
      await reading.catch(() => undefined)
      throw error
    }
  }
}
