import type { Dataset, Split } from '../dataset.ts'
import type { Cifar10Spec } from '../dataset-spec.ts'
import type { SourceBytes } from '../idx-images.ts'
import { type ImageLayout, shapeOf } from '../image.ts'
import { cifarImage, copyCifarRecords, countCifarRecords } from '../parse-cifar.ts'
import { preprocessInPlace } from '../preprocess.ts'
import { checkCounts, cutParts, type FilesRange, type PartFiles } from './counted-parts.ts'
import { imageSets } from './image-sets.ts'
import type { ReadFiles } from './read-file.ts'

const featureCount = 3072

interface CifarFiles extends PartFiles {
  readonly files: readonly SourceBytes[]
}

/** CIFAR-10. The files of one part are read as one sequence of records. */
export async function readCifar10(
  spec: Cifar10Spec,
  readFiles: ReadFiles,
  layout: ImageLayout,
): Promise<Dataset> {
  checkCounts(spec)
  const training = recordsOf(await readFiles('train'))
  const validationFiles = await readFiles('validation')
  const testFiles = await readFiles('test')
  const parts = cutParts(
    spec,
    training,
    validationFiles.length === 0 ? undefined : recordsOf(validationFiles),
    testFiles.length === 0 ? undefined : recordsOf(testFiles),
  )
  const dataset: Dataset = {
    name: spec.name,
    shape: shapeOf(cifarImage, layout),
    image: cifarImage,
    featureCount,
    classes: imageSets.cifar10.classes,
    classNames: imageSets.cifar10.classNames,
    train: select(parts.train, layout),
    validation: select(parts.validation, layout),
    ...(parts.test === undefined ? {} : { test: select(parts.test, layout) }),
  }
  return preprocessInPlace(dataset, spec.preprocess ?? imageSets.cifar10.preprocess)
}

function recordsOf(files: readonly SourceBytes[]): CifarFiles {
  return {
    files,
    source: files.map(({ source }) => source).join(', '),
    samples: files.reduce((sum, { bytes, source }) => sum + countCifarRecords(bytes.length, source), 0),
  }
}

/** The records of a range of all files in a row. */
function select(range: FilesRange<CifarFiles>, layout: ImageLayout): Split {
  const samples = range.to - range.from
  const split = {
    samples,
    features: new Float32Array(samples * featureCount),
    labels: new Int32Array(samples),
  }
  let start = 0
  for (const { bytes, source } of range.files.files) {
    const count = countCifarRecords(bytes.length, source)
    const from = Math.max(range.from - start, 0)
    const to = Math.min(range.to - start, count)
    if (from < to) copyCifarRecords(bytes, source, { from, to }, split, start + from - range.from, layout)
    start += count
  }
  return split
}
