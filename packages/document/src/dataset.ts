import { z } from 'zod'
import { named } from './named.ts'

const preprocess = z
  .array(z.enum(['scaleToUnit', 'subtractMean', 'standardize']))
  .max(3)
  .describe('Applied in order; statistics come from the training part only.')

const seedAndFold = {
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .describe("Of generated samples and of random splits; the run's own seed by default."),
  fold: z
    .strictObject({ index: z.int().min(0).max(99), count: z.int().min(2).max(100) })
    .refine(({ index, count }) => index < count, { path: ['index'], error: 'must be below count' })
    .optional()
    .describe('The training samples are cut into so many folds; this one validates, the others train.'),
}

/** A file inside the data set's own folder; names that leave it are refused when it is opened. */
const fileName = z.string().min(1).max(255)
const count = z.int().min(1).max(10_000_000)
const fraction = z.number().min(0).max(0.9)

const spirals = z
  .strictObject({
    name: z.literal('spirals'),
    samplesPerClass: z.int().min(2).max(100_000).default(100),
    classes: z.int().min(2).max(100).default(3),
    noise: z.number().min(0).max(10).default(0.2),
    validation: fraction.default(0.2).describe('Fraction held out.'),
    preprocess: preprocess.default([]),
    ...seedAndFold,
  })
  .describe("The lecture notes' toy set: one spiral arm per class, in the plane.")

const moons = z
  .strictObject({
    name: z.literal('moons'),
    samples: z.int().min(4).max(1_000_000).default(400),
    noise: z.number().min(0).max(10).default(0.1),
    validation: fraction.default(0.2).describe('Fraction held out.'),
    preprocess: preprocess.default([]),
    ...seedAndFold,
  })
  .describe('Two interleaved half circles.')

const blobs = z
  .strictObject({
    name: z.literal('blobs'),
    samplesPerClass: z.int().min(2).max(100_000).default(100),
    classes: z.int().min(2).max(100).default(3),
    features: z.int().min(1).max(1000).default(2),
    spread: z.number().min(0).max(100).default(1),
    validation: fraction.default(0.2).describe('Fraction held out.'),
    preprocess: preprocess.default([]),
    ...seedAndFold,
  })
  .describe('One Gaussian cloud per class.')

const glyphs = z
  .strictObject({
    name: z.literal('glyphs'),
    samplesPerClass: z.int().min(2).max(100_000).default(200),
    noise: z.number().min(0).max(10).default(0.1),
    validation: fraction.default(0.2).describe('Fraction held out.'),
    preprocess: preprocess.default([]),
    ...seedAndFold,
  })
  .describe('Drawn digits, small images with one channel: no files are needed.')

const streaming = z
  .boolean()
  .optional()
  .describe('Reads samples from the files when they are wanted, for sets larger than memory; no gzip.')

const imagesAndLabels = z.tuple([fileName, fileName])
const mnist = z
  .strictObject({
    name: z.literal('mnist'),
    train: count.optional(),
    validation: count.optional().describe('Samples held out from the end of the training file.'),
    test: count.optional(),
    files: z
      .strictObject({
        train: imagesAndLabels.optional(),
        validation: imagesAndLabels.optional(),
        test: imagesAndLabels.optional(),
      })
      .optional(),
    preprocess: preprocess.default(['scaleToUnit']),
    ...seedAndFold,
    streaming,
  })
  .describe('Handwritten digits, 28 x 28, the four IDX files; folder `mnist`.')

const records = z.array(fileName).min(1).max(16)
const cifar10 = z
  .strictObject({
    name: z.literal('cifar10'),
    train: count.optional(),
    validation: count.optional().describe('Samples held out from the end of the training files.'),
    test: count.optional(),
    files: z
      .strictObject({
        train: records.optional(),
        validation: records.optional(),
        test: records.optional(),
      })
      .optional(),
    preprocess: preprocess.default(['subtractMean']),
    ...seedAndFold,
    streaming,
  })
  .describe('Small colour images, 3 x 32 x 32, binary records; folder `cifar10`.')

const csv = z
  .strictObject({
    name: z.literal('csv'),
    file: z.string().min(1).max(1000).describe('Path inside the data folder.'),
    header: z.boolean().default(false),
    skipLines: z.int().min(0).max(1000).default(0),
    delimiter: z
      .string()
      .regex(/^[^"\r\n]$/, { error: 'one character, no quote and no line end' })
      .default(','),
    labelColumn: z
      .union([z.string().min(1).max(250), z.int().min(0)])
      .optional()
      .describe('Name or index; the last column by default.'),
    validation: fraction.default(0.2).describe('Fraction held out.'),
    test: fraction.default(0),
    preprocess: preprocess.default(['standardize']),
    ...seedAndFold,
  })
  .refine(({ validation, test }) => validation + test <= 0.9, {
    path: ['test'],
    error: 'validation and test together hold out at most 0.9',
  })
  .refine(({ header, labelColumn }) => header || typeof labelColumn !== 'string', {
    path: ['labelColumn'],
    error: 'a column has a name only where the file has a header; give its index, from 0',
  })
  .describe('A table: numeric features and one label column.')

/** Where the samples come from. */
export const datasetSchema = named('dataset', [spirals, moons, blobs, glyphs, mnist, cifar10, csv])
export type DatasetDocument = z.output<typeof datasetSchema>

/** Names and descriptions of the data sets that a document can name. */
export const datasetSummaries: readonly { readonly name: string; readonly summary: string }[] =
  datasetSchema.options.map((option) => ({
    name: option.shape.name.value,
    summary: option.description ?? '',
  }))
