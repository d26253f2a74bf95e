import { type FileHandle, open } from 'node:fs/promises'
import { DatasetError } from '../errors.ts'
import type { LocatedFile } from './locate.ts'
import { readFully, unreadable } from './read-fully.ts'

/** How the records of a file lie: one after the other, up to its end. */
export interface RecordFormat {
  /** Bytes before the first record. */
  readonly headerBytes: number
  readonly recordBytes: number
  readonly records: number
}

/** An open file of records of one size, read at any place. */
export interface RecordFile {
  /** Its name in errors. */
  readonly source: string
  readonly format: RecordFormat
  /**
   * Reads `count` records from record `from` on to `bytes`, from byte `offset` on. Any number of reads may be under way.
   * Rejects with DatasetError `truncated` where the file has become shorter, or `unreadable`.
   */
  read(from: number, count: number, bytes: Uint8Array, offset: number): Promise<void>
  /** Closes the file; no read may be under way. */
  close(): Promise<void>
}

/** Bytes that `parseFormat` is given: as many as the longest IDX header has. */
const startBytes = 1024

/**
 * Opens a file whose first bytes and length `parseFormat` understands; what that throws is thrown here.
 * Throws DatasetError `mismatch` for gzip data, which cannot be read at any place, or `unreadable`.
 */
export async function openRecordFile(
  file: LocatedFile,
  parseFormat: (start: Uint8Array, fileBytes: number, source: string) => RecordFormat,
): Promise<RecordFile> {
  const { source } = file
  const { handle, start, fileBytes } = await openPlain(file)
  try {
    const format = parseFormat(start, fileBytes, source)
    const { headerBytes, recordBytes } = format
    return {
      source,
      format,
      read: (from, count, bytes, offset) =>
        readFully(handle.fd, source, bytes, offset, count * recordBytes, headerBytes + from * recordBytes),
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Throws DatasetError `mismatch` where a file is gzipped, `unreadable` where it cannot be opened. */
export async function requirePlain(file: LocatedFile): Promise<void> {
  const { handle } = await openPlain(file)
  await handle.close()
}

async function openPlain({ source, path }: LocatedFile) {
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    const { size: fileBytes } = await handle.stat()
    const start = new Uint8Array(Math.min(fileBytes, startBytes))
    await readFully(handle.fd, source, start, 0, start.length, 0)
    if (start[0] === 0x1f && start[1] === 0x8b) throw gzipped(source)
    return { handle, start, fileBytes }
  } catch (cause) {
    await handle?.close()
    throw cause instanceof DatasetError ? cause : unreadable(source, cause)
  }
}

function gzipped(file: string): DatasetError {
  return new DatasetError('mismatch', {
    file,
    expected: 'an uncompressed file to stream from: inflate it (gunzip), or leave `streaming` out',
    received: 'gzip data',
  })
}
