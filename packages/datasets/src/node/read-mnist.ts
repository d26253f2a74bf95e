import type { Dataset } from '../dataset.ts'
import type { MnistSpec } from '../dataset-spec.ts'
import { type IdxImages, parseIdxImages, type SourceBytes, selectIdxImages } from '../idx-images.ts'
import { type ImageLayout, type ImageShape, shapeOf } from '../image.ts'
import { preprocessInPlace } from '../preprocess.ts'
import { checkCounts, cutParts, type FilesRange, type PartFiles } from './counted-parts.ts'
import { imageSets, requireSameSize } from './image-sets.ts'
import type { ReadFiles } from './read-file.ts'

interface MnistFiles extends IdxImages, PartFiles {
  readonly image: ImageShape
}

/** MNIST, or another set of its format (10 classes, images of one size). */
export async function readMnist(
  spec: MnistSpec,
  readFiles: ReadFiles,
  layout: ImageLayout,
): Promise<Dataset> {
  checkCounts(spec)
  const training = imagesOf(await readFiles('train'))
  const { image } = training
  const readOthers = async (part: 'validation' | 'test') => {
    const files = await readFiles(part)
    return files.length === 0 ? undefined : imagesOf(files, image)
  }
  const validation = await readOthers('validation')
  const test = await readOthers('test')
  const parts = cutParts(spec, training, validation, test)
  const dataset: Dataset = {
    name: spec.name,
    shape: shapeOf(image, layout),
    image,
    featureCount: image[0] * image[1],
    classes: imageSets.mnist.classes,
    classNames: imageSets.mnist.classNames,
    train: select(parts.train),
    validation: select(parts.validation),
    ...(parts.test === undefined ? {} : { test: select(parts.test) }),
  }
  return preprocessInPlace(dataset, spec.preprocess ?? imageSets.mnist.preprocess)
}

function imagesOf([images, labels]: readonly SourceBytes[], training?: ImageShape): MnistFiles {
  const parsed = parseIdxImages(images, labels)
  const image: ImageShape = [parsed.shape[1], parsed.shape[2], 1]
  if (training !== undefined) requireSameSize(image, training, images.source)
  return { ...parsed, image, source: images.source }
}

function select({ files, from, to }: FilesRange<MnistFiles>) {
  return selectIdxImages(files, { from, to })
}
