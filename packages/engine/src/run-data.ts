import type { Dataset, ImageLayout, ImageShape, PreprocessStep, RandomSource, Split } from '@thalweg/datasets'
import { openRecords, readDataset } from '@thalweg/datasets/node'
import type { RunDocument } from '@thalweg/document'
import { foldsOf, samplesWhere } from './fold.ts'
import { type Preprocessing, preprocess } from './preprocessing.ts'
import { type Samples, samplesInMemory } from './samples.ts'
import { createStreams, type Streams } from './streams.ts'

/** A run's samples: its parts, in memory or in files that must be closed. */
export interface RunData {
  /** Dimensions of a sample: images [rows, columns, channels] for models that take them, else [features]. */
  readonly input: readonly number[]
  readonly image: ImageShape | undefined
  readonly classes: number
  readonly classNames: readonly string[] | undefined
  readonly train: Samples
  readonly validation: Samples
  readonly test: Samples | undefined
  /** What the samples have gone through since they were read. */
  readonly preprocessing: Preprocessing
  /** The share of the training samples that `transfer` leaves out, in [0, 1). */
  readonly leftOut: number
  close(): Promise<void>
}

interface Reading {
  readonly directory: string | undefined
  readonly random: RandomSource
  readonly layout: ImageLayout
  readonly asImages: boolean
  readonly steps: readonly PreprocessStep[]
}

/**
 * Reads a run's data set, or opens its files where it is to be streamed: of a fold, that fold validates and the others
 * train; classes that `transfer` lacks are left out of the training part; statistics are those of what is left.
 * Rejects with DatasetError, or RangeError for a fold or a transfer set that is none.
 */
export function readRunData(
  document: RunDocument,
  directory: string | undefined,
  streams: Streams,
): Promise<RunData> {
  const { dataset, model } = document
  // A perceptron takes the numbers in any order; its results stay those of the files' order.
  const asImages = model.name === 'network'
  const layout = asImages ? 'channelsLast' : 'channelsFirst'
  const random = dataset.seed === undefined ? streams.data : createStreams(dataset.seed).data
  return read(document, { directory, random, layout, asImages, steps: dataset.preprocess })
}

/** The same samples as they are read, before preprocessing, images with their channels first. */
export function readRawData(document: RunDocument, directory: string | undefined): Promise<RunData> {
  const random = createStreams(document.dataset.seed ?? document.seed).data
  return read(document, { directory, random, layout: 'channelsFirst', asImages: false, steps: [] })
}

async function read(document: RunDocument, reading: Reading): Promise<RunData> {
  const { dataset: spec, transfer } = document
  const { directory, random, layout, asImages, steps } = reading
  if ('streaming' in spec && spec.streaming) {
    if (spec.fold !== undefined) throw new RangeError('dataset.fold: a streamed set has no folds')
    if (transfer !== undefined) throw new RangeError('transfer: no classes can be left out of a streamed set')
    const source = await openRecords({ ...spec, streaming: true, preprocess: steps }, { directory, layout })
    const { image, featureCount, classes, classNames, train, validation, test, affines } = source
    return {
      input: asImages ? image : [featureCount],
      image: asImages ? image : undefined,
      classes,
      classNames,
      train,
      validation,
      test,
      preprocessing: affines,
      leftOut: 0,
      close: () => source.close(),
    }
  }
  const dataset = await readDataset({ ...spec, preprocess: [] }, { directory, random, layout })
  const { image, featureCount, classes, classNames, test } = dataset
  const { train, validation, leftOut } = divided(dataset, document)
  const others = test === undefined ? [validation] : [validation, test]
  const preprocessing = preprocess(steps, [train, ...others], featureCount)
  return {
    input: asImages && image !== undefined ? image : [featureCount],
    image: asImages ? image : undefined,
    classes,
    classNames,
    train: samplesInMemory(train, featureCount),
    validation: samplesInMemory(validation, featureCount),
    test: test === undefined ? undefined : samplesInMemory(test, featureCount),
    preprocessing,
    leftOut,
    close: async () => {},
  }
}

/** The parts to train and to validate with, as the fold and the transfer set say. */
function divided(
  { train: all, validation: own, featureCount, classes }: Dataset,
  { dataset: { fold }, transfer }: RunDocument,
): { readonly train: Split; readonly validation: Split; readonly leftOut: number } {
  let [train, validation] = [all, own]
  if (fold !== undefined) {
    const folds = foldsOf(all.labels, fold.count)
    train = samplesWhere(all, featureCount, (sample) => folds[sample] !== fold.index)
    validation = samplesWhere(all, featureCount, (sample) => folds[sample] === fold.index)
  }
  if (transfer === undefined) return { train, validation, leftOut: 0 }
  const missing = new Set(transfer.without)
  const unknown = transfer.without.find((label) => label >= classes)
  if (unknown !== undefined) {
    throw new RangeError(`transfer.without: class must be in [0, ${classes}), got ${unknown}`)
  }
  const { labels, samples } = train
  train = samplesWhere(train, featureCount, (sample) => !missing.has(labels[sample]))
  if (train.samples === 0) throw new RangeError('transfer.without: no training samples are left')
  return { train, validation, leftOut: 1 - train.samples / samples }
}
