import type { SampleRange, Split } from './dataset.ts'
import { DatasetError } from './errors.ts'
import { copyPixels, type ImageLayout, type ImageShape } from './image.ts'

/** Shape of one image: channels red, green, blue; rows; columns. */
export const cifarShape: readonly [3, 32, 32] = [3, 32, 32]

/** The same as rows, columns, channels. */
export const cifarImage: ImageShape = [32, 32, 3]

/** Names of the classes 0 to 9 of CIFAR-10. */
export const cifar10ClassNames: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
]

const featureCount = 3072

/** One label byte, then the pixels. */
export const cifarRecordBytes = 1 + featureCount

/**
 * Reads CIFAR-10 binary records, without a header: 1 label byte (0 to 9), then the red, green and blue
 * planes of 32 x 32 bytes each, row-major. Features are the raw values 0 to 255 in that order.
 *
 * `range` selects records; default all. `source` is the name used in errors.
 * Throws DatasetError: `truncated` (no record, or a part of one at the end), `bad-value` (a label);
 * RangeError for a range outside the file.
 * Source: A. Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
 */
export function parseCifarRecords(bytes: Uint8Array, source: string, range?: SampleRange): Split {
  const available = countCifarRecords(bytes.length, source)
  const { from, to } = range ?? { from: 0, to: available }
  if (!(from >= 0 && from <= to && to <= available))
    throw new RangeError(`range must lie in 0 to ${available}; received ${from} to ${to}`)
  const samples = to - from
  const split = {
    samples,
    features: new Float32Array(samples * featureCount),
    labels: new Int32Array(samples),
  }
  copyCifarRecords(bytes, source, { from, to }, split, 0, 'channelsFirst')
  return split
}

/** The number of records in `fileBytes` bytes; throws DatasetError `truncated` where that is no whole number >= 1. */
export function countCifarRecords(fileBytes: number, source: string): number {
  const rest = fileBytes % cifarRecordBytes
  if (rest !== 0 || fileBytes === 0)
    throw new DatasetError('truncated', {
      file: source,
      offset: fileBytes - rest,
      expected: `records of ${cifarRecordBytes} bytes`,
      received: fileBytes === 0 ? 'an empty file' : `${rest} bytes of a record at the end`,
    })
  return fileBytes / cifarRecordBytes
}

/** The label byte of a record, which begins at byte `offset` of the file; DatasetError `bad-value` above 9. */
export function checkCifarLabel(label: number, source: string, offset: number): number {
  if (label > 9)
    throw new DatasetError('bad-value', {
      file: source,
      offset,
      expected: 'a label from 0 to 9',
      received: `${label}`,
    })
  return label
}

/** Writes the records of `range` into `target`, from its sample `position` on. Ranges are the caller's care. */
export function copyCifarRecords(
  bytes: Uint8Array,
  source: string,
  range: SampleRange,
  target: Split,
  position: number,
  layout: ImageLayout,
): void {
  for (let record = range.from; record < range.to; record++) {
    const offset = record * cifarRecordBytes
    const sample = position + record - range.from
    target.labels[sample] = checkCifarLabel(bytes[offset], source, offset)
    const pixels = bytes.subarray(offset + 1, offset + cifarRecordBytes)
    copyPixels(pixels, cifarImage, layout, target.features, sample * featureCount)
  }
}
