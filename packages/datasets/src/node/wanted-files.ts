import { type CsvSpec, type DatasetSpec, isStreaming, type RecordsSpec } from '../dataset-spec.ts'
import { DatasetError } from '../errors.ts'
import { sourceName } from './locate.ts'

/** A file, under each of the names it may have; the first is the one to report. */
export type FileNames = readonly [string, ...string[]]

/** The files that a specification wants, in the order they are read; names are relative to `folder`. */
export interface WantedFiles {
  /** Folder inside the data directory; '' is the directory itself. */
  readonly folder: string
  readonly train: readonly FileNames[]
  readonly validation: readonly FileNames[]
  readonly test: readonly FileNames[]
}

/**
 * The files that `spec` wants. Generated sets want none. A part of which 0 samples are asked wants none; where
 * `files.train` is given, test files are wanted only if named, or if `test` asks for samples.
 * Throws TypeError or RangeError for names that are no text, or lists of the wrong length.
 */
export function wantedFiles(spec: DatasetSpec): WantedFiles {
  switch (spec.name) {
    case 'mnist':
      return { folder: 'mnist', ...countedFiles(spec, officialMnist(spec.streaming === true), 2) }
    case 'cifar10':
      return { folder: 'cifar10', ...countedFiles(spec, officialCifar10, undefined) }
    case 'csv':
      return { folder: '', train: [[requireName('file', spec.file)]], validation: [], test: [] }
    default:
      return { folder: '', train: [], validation: [], test: [] }
  }
}

/** Whether a set is read from files. */
export function isFileSpec(spec: DatasetSpec): spec is RecordsSpec | CsvSpec {
  return spec.name === 'mnist' || spec.name === 'cifar10' || spec.name === 'csv'
}

/** The error where `wanted` files are to be read and no data directory is configured. */
export function noDirectory({ folder, train, validation, test }: WantedFiles): DatasetError {
  const wanted = [...train, ...validation, ...test].map((names) => sourceName(folder, names[0]))
  return new DatasetError('no-directory', {
    file: wanted.join(', '),
    expected: 'a data directory',
    received: 'none: THALWEG_DATA is not set',
  })
}

/** Whether the file at `index` of a part is read at random, so that it must not be gzipped. */
export function isStreamed(spec: DatasetSpec, index: number): boolean {
  return isStreaming(spec) && (spec.name === 'cifar10' || index === 0)
}

interface OfficialFiles {
  readonly train: readonly FileNames[]
  readonly test: readonly FileNames[]
}

function officialMnist(streaming: boolean): OfficialFiles {
  return {
    train: [idxNames('train-images', 3, streaming), idxNames('train-labels', 1, streaming)],
    test: [idxNames('t10k-images', 3, streaming), idxNames('t10k-labels', 1, streaming)],
  }
}

const officialCifar10: OfficialFiles = {
  train: [1, 2, 3, 4, 5].map((batch): FileNames => [`data_batch_${batch}.bin`]),
  test: [['test_batch.bin']],
}

/** Gzipped files first, as they are distributed; plain ones first where files are to be streamed from. */
function idxNames(stem: string, rank: number, streaming: boolean): FileNames {
  const [dashed, dotted] = [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`]
  return streaming
    ? [dashed, dotted, `${dashed}.gz`, `${dotted}.gz`]
    : [`${dashed}.gz`, dashed, `${dotted}.gz`, dotted]
}

function countedFiles(
  spec: RecordsSpec,
  official: OfficialFiles,
  length: number | undefined,
): Omit<WantedFiles, 'folder'> {
  const { files = {}, validation, test } = spec
  const named = (field: 'train' | 'validation' | 'test') =>
    requireNames(`files.${field}`, files[field], length)
  const testIsWanted = files.train === undefined || (test ?? 0) > 0
  return {
    train: named('train') ?? official.train,
    validation: validation === 0 ? [] : (named('validation') ?? []),
    test: test === 0 ? [] : (named('test') ?? (testIsWanted ? official.test : [])),
  }
}

function requireNames(
  field: string,
  names: readonly string[] | undefined,
  length: number | undefined,
): readonly FileNames[] | undefined {
  if (names === undefined) return undefined
  if (!Array.isArray(names))
    throw new TypeError(`${field} must be a list of file names; received ${typeof names}`)
  if (names.length === 0 || (length !== undefined && names.length !== length))
    throw new RangeError(
      `${field} must name ${length === undefined ? 'at least 1 file' : `${length} files`}; received ${names.length}`,
    )
  return names.map((name: unknown, index): FileNames => [requireName(`${field}[${index}]`, name)])
}

function requireName(field: string, name: unknown): string {
  if (typeof name !== 'string') throw new TypeError(`${field} must be a file name; received ${typeof name}`)
  if (name === '') throw new RangeError(`${field} must be a file name; received ''`)
  return name
}
