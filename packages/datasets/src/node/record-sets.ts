import type { RecordsSpec } from '../dataset-spec.ts'
import { requireSameSize } from './image-sets.ts'
import { type LocatedFile, locate } from './locate.ts'
import type { RecordFile } from './record-file.ts'
import { openCifarRecords, openIdxImages, type RecordSet } from './record-set.ts'
import { type FileNames, noDirectory, wantedFiles } from './wanted-files.ts'

/** The open files of all parts. */
export interface RecordSets {
  readonly training: RecordSet
  /** Undefined where no files are wanted for the part. */
  readonly validation: RecordSet | undefined
  readonly test: RecordSet | undefined
  /** Closes the files; no read may be under way. May be called again. */
  close(): Promise<void>
}

/** Finds and opens the files that a specification wants. Leaves none open where it throws DatasetError. */
export async function openRecordSets(spec: RecordsSpec, directory: string | undefined): Promise<RecordSets> {
  const wanted = wantedFiles({ ...spec, streaming: true })
  if (!directory) throw noDirectory(wanted)
  const files: RecordFile[] = []
  const onOpen = (file: RecordFile) => {
    files.push(file)
  }

  async function open(names: readonly FileNames[]): Promise<RecordSet> {
    const located: LocatedFile[] = []
    for (const each of names) located.push(await locate(directory, wanted.folder, each))
    return spec.name === 'mnist' ? openIdxImages(located, onOpen) : openCifarRecords(located, onOpen)
  }

  async function openOther(names: readonly FileNames[], training: RecordSet): Promise<RecordSet | undefined> {
    if (names.length === 0) return undefined
    const other = await open(names)
    requireSameSize(other.image, training.image, other.source)
    return other
  }

  async function close(): Promise<void> {
    await Promise.all(files.splice(0).map((file) => file.close()))
  }

  try {
    const training = await open(wanted.train)
    const validation = await openOther(wanted.validation, training)
    return { training, validation, test: await openOther(wanted.test, training), close }
  } catch (error) {
    await close()
    throw error
  }
}
