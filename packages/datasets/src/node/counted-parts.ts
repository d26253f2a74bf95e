import type { SampleRange } from '../dataset.ts'
import type { RecordsSpec } from '../dataset-spec.ts'
import { DatasetError } from '../errors.ts'
import { requireInteger } from '../ranges.ts'

/** The files of one part, and how many samples they hold. */
export interface PartFiles {
  /** Their name in errors. */
  readonly source: string
  readonly samples: number
}

/** Some of the samples of some files. */
export interface FilesRange<Files> extends SampleRange {
  readonly files: Files
}

/** Where the samples of each part lie. */
export interface CutParts<Files> {
  readonly train: FilesRange<Files>
  readonly validation: FilesRange<Files>
  readonly test?: FilesRange<Files>
}

/** RangeError or TypeError for counts that no file could satisfy. */
export function checkCounts({ train, validation, test }: RecordsSpec): void {
  if (train !== undefined) requireInteger('train', train, 1, 2 ** 31)
  if (validation !== undefined) requireInteger('validation', validation, 0, 2 ** 31)
  if (test !== undefined) requireInteger('test', test, 0, 2 ** 31)
}

/**
 * Cuts the samples that the files of each part hold. The validation and the test part are the first ones of their files.
 * Without validation files, the last training samples are held out; then `train` limits the rest. DatasetError
 * `mismatch` where there are not enough.
 */
export function cutParts<Files extends PartFiles>(
  spec: RecordsSpec,
  train: Files,
  validation: Files | undefined,
  test: Files | undefined,
): CutParts<Files> {
  const heldOutCount = validation === undefined ? (spec.validation ?? 0) : 0
  const rest = train.samples - heldOutCount
  if (rest < (spec.train ?? 1))
    throw new DatasetError('mismatch', {
      file: train.source,
      expected: `${spec.train ?? 'at least 1'} samples for train and ${heldOutCount} for validation`,
      received: `${train.samples}`,
    })
  return {
    train: { files: train, from: 0, to: spec.train ?? rest },
    validation:
      validation === undefined
        ? { files: train, from: rest, to: train.samples }
        : firstSamples('validation', spec.validation, validation),
    ...(test === undefined ? {} : { test: firstSamples('test', spec.test, test) }),
  }
}

/** The first `count` samples, all where undefined. */
function firstSamples<Files extends PartFiles>(
  part: 'validation' | 'test',
  count: number | undefined,
  files: Files,
): FilesRange<Files> {
  if ((count ?? 0) > files.samples)
    throw new DatasetError('mismatch', {
      file: files.source,
      expected: `${count} samples for ${part}`,
      received: `${files.samples}`,
    })
  return { files, from: 0, to: count ?? files.samples }
}
