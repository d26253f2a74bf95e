import type { ImageShape } from '@thalweg/datasets'
import { openRecords, readDataset } from '@thalweg/datasets/node'
import type { RunDocument } from '@thalweg/document'
import { type Samples, samplesInMemory } from './samples.ts'
import type { Streams } from './streams.ts'

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
  close(): Promise<void>
}

/** Reads a run's data set, or opens its files where it is to be streamed. Rejects with DatasetError. */
export async function readRunData(
  document: RunDocument,
  directory: string | undefined,
  streams: Streams,
): Promise<RunData> {
  const { dataset: spec } = document
  // A perceptron takes the numbers in any order; its results stay those of the files' order.
  const asImages = document.model.name === 'network'
  const layout = asImages ? 'channelsLast' : 'channelsFirst'
  if ('streaming' in spec && spec.streaming) {
    const source = await openRecords({ ...spec, streaming: true }, { directory, layout })
    const { image, featureCount, classes, classNames, train, validation, test } = source
    return {
      input: asImages ? image : [featureCount],
      image: asImages ? image : undefined,
      classes,
      classNames,
      train,
      validation,
      test,
      close: () => source.close(),
    }
  }
  const dataset = await readDataset(spec, { directory, random: streams.data, layout })
  const { image, featureCount, classes, classNames, train, validation, test } = dataset
  return {
    input: asImages && image !== undefined ? image : [featureCount],
    image: asImages ? image : undefined,
    classes,
    classNames,
    train: samplesInMemory(train, featureCount),
    validation: samplesInMemory(validation, featureCount),
    test: test === undefined ? undefined : samplesInMemory(test, featureCount),
    close: async () => {},
  }
}
