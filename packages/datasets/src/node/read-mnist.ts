import type { Dataset } from '../dataset.ts'
import type { MnistSpec } from '../dataset-spec.ts'
import { DatasetError } from '../errors.ts'
import { type IdxImages, parseIdxImages, type SourceBytes, selectIdxImages } from '../idx-images.ts'
import { preprocessInPlace } from '../preprocess.ts'
import { emptySplit } from '../split.ts'
import { checkCounts, firstSamples, trainingRanges } from './counted-parts.ts'
import type { ReadFiles } from './read-file.ts'

/** MNIST, or another set of its format (10 classes, images of one size). */
export async function readMnist(spec: MnistSpec, readFiles: ReadFiles): Promise<Dataset> {
  checkCounts(spec)
  const files = await readFiles('train')
  const source = files[0].source
  const training = imagesOf(files)
  const validationFiles = await readFiles('validation')
  const validation = validationFiles.length === 0 ? undefined : imagesOf(validationFiles, training)
  const testFiles = await readFiles('test')
  const test = testFiles.length === 0 ? undefined : imagesOf(testFiles, training)

  const heldOutCount = validation === undefined ? (spec.validation ?? 0) : 0
  const { train, heldOut } = trainingRanges(spec.train, heldOutCount, training.samples, source)
  const dataset: Dataset = {
    name: spec.name,
    shape: training.shape,
    featureCount: training.shape[1] * training.shape[2],
    classes: 10,
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    train: selectIdxImages(training, train),
    validation:
      validation !== undefined
        ? selectIdxImages(
            validation,
            firstSamples('validation', spec.validation, validation.samples, validationFiles[0].source),
          )
        : heldOutCount > 0
          ? selectIdxImages(training, heldOut)
          : emptySplit(),
    ...(test === undefined
      ? {}
      : { test: selectIdxImages(test, firstSamples('test', spec.test, test.samples, testFiles[0].source)) }),
  }
  return preprocessInPlace(dataset, spec.preprocess ?? ['scaleToUnit'])
}

function imagesOf([images, labels]: readonly SourceBytes[], like?: IdxImages): IdxImages {
  const parsed = parseIdxImages(images, labels)
  if (like !== undefined && parsed.shape.join() !== like.shape.join())
    throw new DatasetError('mismatch', {
      file: images.source,
      offset: 8,
      expected: `images of ${like.shape.slice(1).join(' x ')} pixels, as for training`,
      received: parsed.shape.slice(1).join(' x '),
    })
  return parsed
}
