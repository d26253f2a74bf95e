export { type Affine, applyAffine } from './affine.ts'
export { augmentImage } from './augment-image.ts'
export type {
  AugmentationParameters,
  AugmentationSpec,
  CropSpec,
  FlipSpec,
  ShiftSpec,
} from './augmentations.ts'
export { augmentationNames, checkAugmentations, drawAugmentation } from './augmentations.ts'
export type { BlobsOptions } from './blobs.ts'
export { blobs } from './blobs.ts'
export type { CsvOptions } from './csv-options.ts'
export type { Dataset, RandomSource, SampleRange, Split } from './dataset.ts'
export type {
  BlobsSpec,
  Cifar10Spec,
  CsvSpec,
  DatasetSpec,
  GeneratedDatasetSpec,
  GlyphsSpec,
  IdxFilePair,
  MnistSpec,
  MoonsSpec,
  RecordsSpec,
  SpiralsSpec,
} from './dataset-spec.ts'
export { datasetNames, isStreaming } from './dataset-spec.ts'
export type { DatasetErrorCode, DatasetErrorDetails } from './errors.ts'
export { DatasetError } from './errors.ts'
export { fitStep, type Visit } from './fit-step.ts'
export type { GenerateOptions } from './generate-dataset.ts'
export { generateDataset } from './generate-dataset.ts'
export type { GlyphsOptions } from './glyphs.ts'
export { glyphShape, glyphs } from './glyphs.ts'
export type { IdxImages, SourceBytes } from './idx-images.ts'
export { parseIdxImages, selectIdxImages } from './idx-images.ts'
export type { ImageLayout, ImageShape } from './image.ts'
export { imageLayouts } from './image.ts'
export type { MoonsOptions } from './moons.ts'
export { moons } from './moons.ts'
export { cifar10ClassNames, cifarShape, parseCifarRecords } from './parse-cifar.ts'
export type { CsvTable } from './parse-csv.ts'
export { parseCsv } from './parse-csv.ts'
export type { IdxArray, IdxValues } from './parse-idx.ts'
export { parseIdx } from './parse-idx.ts'
export type { PreprocessStep } from './preprocess.ts'
export { preprocess, preprocessSteps } from './preprocess.ts'
export type { SpiralsOptions } from './spirals.ts'
export { spirals } from './spirals.ts'
export type { HoldOutAmount } from './split.ts'
export { holdOut, takeFirst } from './split.ts'
