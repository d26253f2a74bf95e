import type { SampleRange, Split } from './dataset.ts'
import { DatasetError } from './errors.ts'
import { parseIdxHeader } from './parse-idx.ts'

/** Bytes and the name used for them in errors. */
export interface SourceBytes {
  readonly source: string
  readonly bytes: Uint8Array
}

/** Images with their labels, one byte per pixel and label; views of the bytes they were read from. */
export interface IdxImages {
  readonly samples: number
  /** [1, rows, columns]. */
  readonly shape: readonly [1, number, number]
  /** [samples, rows, columns], 0 to 255. */
  readonly pixels: Uint8Array
  /** [samples], 0 to 9. */
  readonly labels: Uint8Array
}

/** What the header of an IDX file of images says. */
export interface IdxImagesHeader {
  readonly samples: number
  readonly rows: number
  readonly columns: number
  readonly headerBytes: number
}

/**
 * Reads an IDX file of images (uint8, rank 3) and the IDX file of their labels (uint8, rank 1, 0 to 9).
 * Throws DatasetError: those of `parseIdx`, `mismatch` (type, rank, or not as many labels as images),
 * `bad-value` (a label).
 */
export function parseIdxImages(images: SourceBytes, labels: SourceBytes): IdxImages {
  const { samples, rows, columns, headerBytes } = parseIdxImagesHeader(
    images.bytes,
    images.bytes.length,
    images.source,
  )
  return {
    samples,
    shape: [1, rows, columns],
    pixels: images.bytes.subarray(headerBytes),
    labels: parseIdxLabels(labels, samples, images.source),
  }
}

/** The header of an IDX file of images, from its first bytes and its length in all; throws as `parseIdxImages` does. */
export function parseIdxImagesHeader(bytes: Uint8Array, fileBytes: number, source: string): IdxImagesHeader {
  const { type, dimensions, headerBytes } = parseIdxHeader(bytes, fileBytes, source)
  requireBytesOfRank(source, 'images', type, dimensions, 3)
  const [samples, rows, columns] = dimensions
  if (rows * columns === 0 && samples > 0)
    throw mismatch(source, 4, 'images with pixels', `${rows} x ${columns}`)
  return { samples, rows, columns, headerBytes }
}

/** The labels, 0 to 9, of as many images, which were read from `imagesSource`; throws as `parseIdxImages` does. */
export function parseIdxLabels(labels: SourceBytes, samples: number, imagesSource: string): Uint8Array {
  const { bytes, source } = labels
  const { type, dimensions, headerBytes } = parseIdxHeader(bytes, bytes.length, source)
  requireBytesOfRank(source, 'labels', type, dimensions, 1)
  const values = bytes.subarray(headerBytes)
  if (values.length !== samples)
    throw mismatch(source, 4, `${samples} labels, as many as images in ${imagesSource}`, `${values.length}`)
  const wrong = values.findIndex((label) => label > 9)
  if (wrong !== -1)
    throw new DatasetError('bad-value', {
      file: source,
      offset: headerBytes + wrong,
      expected: 'a label from 0 to 9',
      received: `${values[wrong]}`,
    })
  return values
}

/** The samples of `range` as f32 pixels, 0 to 255. `range` must lie in [0, images.samples], else RangeError. */
export function selectIdxImages(images: IdxImages, range: SampleRange): Split {
  const { from, to } = range
  if (!(from >= 0 && from <= to && to <= images.samples))
    throw new RangeError(`range must lie in 0 to ${images.samples}; received ${from} to ${to}`)
  const featureCount = images.shape[1] * images.shape[2]
  return {
    samples: to - from,
    features: new Float32Array(images.pixels.subarray(from * featureCount, to * featureCount)),
    labels: new Int32Array(images.labels.subarray(from, to)),
  }
}

/** Throws DatasetError `mismatch` unless the values are bytes in an array of that rank. */
function requireBytesOfRank(
  source: string,
  content: string,
  type: number,
  dimensions: readonly number[],
  rank: number,
): void {
  if (type !== 0x08) throw mismatch(source, 2, `${content} of type 08 (uint8)`, `another type`)
  if (dimensions.length !== rank)
    throw mismatch(source, 3, `${content} of rank ${rank}`, `rank ${dimensions.length}`)
}

function mismatch(file: string, offset: number, expected: string, received: string): DatasetError {
  return new DatasetError('mismatch', { file, offset, expected, received })
}
