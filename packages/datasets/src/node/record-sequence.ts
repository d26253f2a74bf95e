import type { RecordFile } from './record-file.ts'

/** The records of several files in a row, counted through from 0. */
export interface RecordSequence {
  readonly records: number
  readonly recordBytes: number
  /** Reads the records `from` up to, not including, `to` to `bytes`, from byte `offset` on. Rejects as RecordFile does. */
  read(from: number, to: number, bytes: Uint8Array, offset: number): Promise<void>
  /** The file of a record, and its first byte in it. */
  locate(record: number): { readonly source: string; readonly offset: number }
}

/** Joins one file or more, whose records are of one size. */
export function joinRecordFiles(files: readonly RecordFile[]): RecordSequence {
  const { recordBytes } = files[0].format
  const ends: number[] = []
  for (const { format } of files) ends.push((ends.at(-1) ?? 0) + format.records)

  /** The file that holds a record, and the record's number in it. */
  function find(record: number): { readonly file: RecordFile; readonly within: number } {
    const index = ends.findIndex((end) => record < end)
    return { file: files[index], within: record - (ends[index - 1] ?? 0) }
  }

  return {
    records: ends[ends.length - 1],
    recordBytes,
    read(from, to, bytes, offset) {
      const reads: Promise<void>[] = []
      for (let record = from; record < to; ) {
        const { file, within } = find(record)
        const count = Math.min(to - record, file.format.records - within)
        reads.push(file.read(within, count, bytes, offset + (record - from) * recordBytes))
        record += count
      }
      return settled(reads)
    },
    locate(record) {
      const { file, within } = find(record)
      return { source: file.source, offset: file.format.headerBytes + within * recordBytes }
    },
  }
}

/** Waits for all, also where one fails, as they write to memory that will be used again; then rejects as the first did. */
export async function settled(reads: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(reads)) if (result.status === 'rejected') throw result.reason
}
