import type { Cifar10Spec, CsvSpec, DatasetSpec, MnistSpec } from '../dataset-spec.ts'

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
      return { folder: 'mnist', ...countedFiles(spec, officialMnist, 2) }
    case 'cifar10':
      return { folder: 'cifar10', ...countedFiles(spec, officialCifar10, undefined) }
    case 'csv':
      return { folder: '', train: [[requireName('file', spec.file)]], validation: [], test: [] }
    default:
      return { folder: '', train: [], validation: [], test: [] }
  }
}

/** Whether a set is read from files. */
export function isFileSpec(spec: DatasetSpec): spec is MnistSpec | Cifar10Spec | CsvSpec {
  return spec.name === 'mnist' || spec.name === 'cifar10' || spec.name === 'csv'
}

interface OfficialFiles {
  readonly train: readonly FileNames[]
  readonly test: readonly FileNames[]
}

const officialMnist: OfficialFiles = {
  train: [idxNames('train-images', 3), idxNames('train-labels', 1)],
  test: [idxNames('t10k-images', 3), idxNames('t10k-labels', 1)],
}

const officialCifar10: OfficialFiles = {
  train: [1, 2, 3, 4, 5].map((batch): FileNames => [`data_batch_${batch}.bin`]),
  test: [['test_batch.bin']],
}

function idxNames(stem: string, rank: number): FileNames {
  const names = [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`]
  return [`${names[0]}.gz`, names[0], `${names[1]}.gz`, names[1]]
}

function countedFiles(
  spec: MnistSpec | Cifar10Spec,
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
