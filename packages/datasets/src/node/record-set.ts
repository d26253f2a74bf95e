import { parseIdxImagesHeader, parseIdxLabels } from '../idx-images.ts'
import type { ImageShape } from '../image.ts'
import { checkCifarLabel, cifarImage, cifarRecordBytes, countCifarRecords } from '../parse-cifar.ts'
import type { PartFiles } from './counted-parts.ts'
import type { LocatedFile } from './locate.ts'
import { defaultMaximumFileBytes, readDataFile } from './read-file.ts'
import { openRecordFile, type RecordFile, type RecordFormat } from './record-file.ts'
import { joinRecordFiles, type RecordSequence } from './record-sequence.ts'

/** The open files of one part, and what their records mean. */
export interface RecordSet extends PartFiles {
  readonly sequence: RecordSequence
  readonly image: ImageShape
  /** Where the pixels begin in a record; they are one byte each, [channels, rows, columns]. */
  readonly pixelOffset: number
  /** The labels, where they have a file of their own. */
  readonly labels?: Uint8Array
  /** The label in a record that begins at byte `offset`, where it holds one; DatasetError `bad-value` above 9. */
  readonly labelAt?: (bytes: Uint8Array, offset: number, record: number) => number
}

/** Called with every file that is opened, by whoever closes them. */
export type OnOpen = (file: RecordFile) => void

/** IDX images, and their labels, which are read at once and may be gzipped. */
export async function openIdxImages(
  [images, labels]: readonly LocatedFile[],
  onOpen: OnOpen,
): Promise<RecordSet> {
  let image: ImageShape = [0, 0, 1]
  const file = await openRecordFile(images, (start, fileBytes, source): RecordFormat => {
    const { samples, rows, columns, headerBytes } = parseIdxImagesHeader(start, fileBytes, source)
    image = [rows, columns, 1]
    return { headerBytes, recordBytes: rows * columns, records: samples }
  })
  onOpen(file)
  const { source } = images
  const samples = file.format.records
  const labelFile = await readDataFile(labels, defaultMaximumFileBytes)
  return {
    source,
    samples,
    sequence: joinRecordFiles([file]),
    image,
    pixelOffset: 0,
    labels: parseIdxLabels(labelFile, samples, source),
  }
}

/** CIFAR-10 records, of all files in a row. */
export async function openCifarRecords(located: readonly LocatedFile[], onOpen: OnOpen): Promise<RecordSet> {
  const files: RecordFile[] = []
  for (const each of located) {
    const file = await openRecordFile(each, cifarFormat)
    onOpen(file)
    files.push(file)
  }
  const sequence = joinRecordFiles(files)
  return {
    source: files.map(({ source }) => source).join(', '),
    samples: sequence.records,
    sequence,
    image: cifarImage,
    pixelOffset: 1,
    labelAt(bytes, offset, record) {
      const label = bytes[offset]
      if (label <= 9) return label
      const place = sequence.locate(record)
      return checkCifarLabel(label, place.source, place.offset)
    },
  }
}

function cifarFormat(_start: Uint8Array, fileBytes: number, source: string): RecordFormat {
  return { headerBytes: 0, recordBytes: cifarRecordBytes, records: countCifarRecords(fileBytes, source) }
}
