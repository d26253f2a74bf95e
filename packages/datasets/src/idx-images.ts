import type { SampleRange, Split } from './dataset.ts'
import { DatasetError } from './errors.ts'
import { parseIdx } from './parse-idx.ts'

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

/**
 * Reads an IDX file of images (uint8, rank 3) and the IDX file of their labels (uint8, rank 1, 0 to 9).
 * Throws DatasetError: those of `parseIdx`, `mismatch` (type, rank, or not as many labels as images),
 * `bad-value` (a label).
 */
export function parseIdxImages(images: SourceBytes, labels: SourceBytes): IdxImages {
  const { dimensions, values: pixels } = parseBytesOfRank(images, 3, 'images')
  const { values: labelBytes } = parseBytesOfRank(labels, 1, 'labels')
  const [samples, rows, columns] = dimensions
  if (rows * columns === 0 && samples > 0)
    throw mismatch(images.source, 4, 'images with pixels', `${rows} x ${columns}`)
  if (labelBytes.length !== samples)
    throw mismatch(
      labels.source,
      4,
      `${samples} labels, as many as images in ${images.source}`,
      `${labelBytes.length}`,
    )
  const wrong = labelBytes.findIndex((label) => label > 9)
  if (wrong !== -1)
    throw new DatasetError('bad-value', {
      file: labels.source,
      offset: 8 + wrong,
      expected: 'a label from 0 to 9',
      received: `${labelBytes[wrong]}`,
    })
  return { samples, shape: [1, rows, columns], pixels, labels: labelBytes }
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

function parseBytesOfRank(
  { bytes, source }: SourceBytes,
  rank: number,
  content: string,
): { dimensions: readonly number[]; values: Uint8Array } {
  const { dimensions, values } = parseIdx(bytes, source)
  if (!(values instanceof Uint8Array))
    throw mismatch(source, 2, `${content} of type 08 (uint8)`, `another type`)
  if (dimensions.length !== rank)
    throw mismatch(source, 3, `${content} of rank ${rank}`, `rank ${dimensions.length}`)
  return { dimensions, values }
}

function mismatch(file: string, offset: number, expected: string, received: string): DatasetError {
  return new DatasetError('mismatch', { file, offset, expected, received })
}
