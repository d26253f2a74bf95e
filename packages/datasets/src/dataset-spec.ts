/**
 * What can be asked for, as data: a union discriminated on `name`. Generated sets need no files;
 * `mnist`, `cifar10` and `csv` are read by `readDataset` of `@thalweg/datasets/node`.
 * Optional fields also accept `undefined`, as a validated document has them.
 */
import type { BlobsOptions } from './blobs.ts'
import type { CsvOptions } from './csv-options.ts'
import type { GlyphsOptions } from './glyphs.ts'
import type { MoonsOptions } from './moons.ts'
import type { PreprocessStep } from './preprocess.ts'
import type { SpiralsOptions } from './spirals.ts'

interface Preprocessed {
  /** Steps applied in order, with statistics of the training part. */
  readonly preprocess?: readonly PreprocessStep[] | undefined
}

interface FractionHeldOut extends Preprocessed {
  /** Fraction of the samples held out for validation, [0, 1). Default 0.2. */
  readonly validation?: number | undefined
}

export interface SpiralsSpec extends SpiralsOptions, FractionHeldOut {
  readonly name: 'spirals'
}

export interface MoonsSpec extends MoonsOptions, FractionHeldOut {
  readonly name: 'moons'
}

export interface BlobsSpec extends BlobsOptions, FractionHeldOut {
  readonly name: 'blobs'
}

export interface GlyphsSpec extends GlyphsOptions, FractionHeldOut {
  readonly name: 'glyphs'
}

export type GeneratedDatasetSpec = SpiralsSpec | MoonsSpec | BlobsSpec | GlyphsSpec

interface CountedParts extends Preprocessed {
  /** Number of training samples: the first ones that are not held out. Default: all of them. */
  readonly train?: number | undefined
  /**
   * Number of validation samples: the first of the validation file where one is given (default all), else
   * the last of the training files (default 0).
   */
  readonly validation?: number | undefined
  /** Number of test samples: the first of the test file. Default: all of them; 0: no test part. */
  readonly test?: number | undefined
  /**
   * Whether the samples are to be read from their files batch by batch, by `openRecords`, for sets larger than memory;
   * the files must not be gzipped then. They are the same numbers to the bit as `readDataset` gives, which holds all of
   * them in memory, whatever this says. Default false.
   */
  readonly streaming?: boolean | undefined
}

/** File names of images and labels. */
export type IdxFilePair = readonly [images: string, labels: string]

/** IDX files in the folder `mnist`. Default `preprocess`: ['scaleToUnit']. */
export interface MnistSpec extends CountedParts {
  readonly name: 'mnist'
  /** Default: the four official files. With `train` given and `test` not, there is no test file. */
  readonly files?:
    | {
        readonly train?: IdxFilePair | undefined
        readonly validation?: IdxFilePair | undefined
        readonly test?: IdxFilePair | undefined
      }
    | undefined
}

/** CIFAR-10 binary records in the folder `cifar10`. Default `preprocess`: ['subtractMean'], on values 0 to 255. */
export interface Cifar10Spec extends CountedParts {
  readonly name: 'cifar10'
  /** Default: data_batch_1.bin to data_batch_5.bin, test_batch.bin. With `train` given and `test` not, no test file. */
  readonly files?:
    | {
        readonly train?: readonly string[] | undefined
        readonly validation?: readonly string[] | undefined
        readonly test?: readonly string[] | undefined
      }
    | undefined
}

/** A set whose samples are records of a fixed number of bytes. */
export type RecordsSpec = MnistSpec | Cifar10Spec

/** A table, plain or gzipped. Default `preprocess`: ['standardize']. */
export interface CsvSpec extends CsvOptions, FractionHeldOut {
  readonly name: 'csv'
  /** File name, relative to the data directory. */
  readonly file: string
  /** Fraction of the samples held out for testing, [0, 1). Default 0: no test part. */
  readonly test?: number | undefined
}

/** Whether a set is to be read by `openRecords` rather than by `readDataset`. */
export function isStreaming(spec: DatasetSpec): spec is RecordsSpec & { readonly streaming: true } {
  return (spec.name === 'mnist' || spec.name === 'cifar10') && spec.streaming === true
}

/** Every name that `DatasetSpec` knows. */
export const datasetNames: readonly DatasetSpec['name'][] = [
  'spirals',
  'moons',
  'blobs',
  'glyphs',
  'mnist',
  'cifar10',
  'csv',
]

export type DatasetSpec = GeneratedDatasetSpec | RecordsSpec | CsvSpec
