import { join } from 'node:path'
import type { DatasetSpec } from '../dataset-spec.ts'
import { DatasetError, type DatasetErrorCode } from '../errors.ts'
import { locate } from './locate.ts'
import { requirePlain } from './record-file.ts'
import { isStreamed, wantedFiles } from './wanted-files.ts'

/** A file that a specification wants and that cannot be used. */
export interface MissingFile {
  /** Where it was looked for; relative where no data directory is configured. */
  readonly folder: string
  /** Its name in `folder`; the first, where it may have several. */
  readonly file: string
  /** All names tried. */
  readonly tried: readonly string[]
  /** `no-directory`, `missing-file`, `outside-directory`, `unreadable`, or `mismatch` for a gzipped file to be streamed. */
  readonly reason: DatasetErrorCode
  /** The sentence that `readDataset` would fail with. */
  readonly message: string
}

/**
 * The files that `readDataset(spec, { directory, ... })` would not find, without reading any; empty when all
 * are there, and for generated sets. Names that lead out of the directory are among them, and with `streaming` the files
 * that `openRecords` would refuse as gzipped.
 * Throws RangeError or TypeError for a specification with malformed file names.
 */
export async function findMissingFiles(
  spec: DatasetSpec,
  directory: string | undefined,
): Promise<readonly MissingFile[]> {
  const { folder, train, validation, test } = wantedFiles(spec)
  const missing: MissingFile[] = []
  for (const [index, names] of [train, validation, test].flatMap((part) => [...part.entries()]))
    try {
      const file = await locate(directory, folder, names)
      if (isStreamed(spec, index)) await requirePlain(file)
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error
      missing.push({
        folder: directory ? join(directory, folder) : folder,
        file: names[0],
        tried: names,
        reason: error.code,
        message: error.message,
      })
    }
  return missing
}
