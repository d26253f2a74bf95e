import type { Dataset, SampleRange, Split } from '../dataset.ts'
import type { Cifar10Spec } from '../dataset-spec.ts'
import type { SourceBytes } from '../idx-images.ts'
import { cifar10ClassNames, cifarShape, copyCifarRecords, countCifarRecords } from '../parse-cifar.ts'
import { preprocessInPlace } from '../preprocess.ts'
import { checkCounts, firstSamples, trainingRanges } from './counted-parts.ts'
import type { ReadFiles } from './read-file.ts'

const featureCount = 3072

/** CIFAR-10. The files of one part are read as one sequence of records. */
export async function readCifar10(spec: Cifar10Spec, readFiles: ReadFiles): Promise<Dataset> {
  checkCounts(spec)
  const training = await readFiles('train')
  const validationFiles = await readFiles('validation')
  const testFiles = await readFiles('test')
  const heldOutCount = validationFiles.length === 0 ? (spec.validation ?? 0) : 0
  const ranges = trainingRanges(spec.train, heldOutCount, countRecords(training), names(training))
  const dataset: Dataset = {
    name: spec.name,
    shape: cifarShape,
    featureCount,
    classes: 10,
    classNames: cifar10ClassNames,
    train: selectRecords(training, ranges.train),
    validation:
      validationFiles.length === 0
        ? selectRecords(training, ranges.heldOut)
        : firstRecords('validation', spec.validation, validationFiles),
    ...(testFiles.length === 0 ? {} : { test: firstRecords('test', spec.test, testFiles) }),
  }
  return preprocessInPlace(dataset, spec.preprocess ?? ['subtractMean'])
}

function firstRecords(part: string, count: number | undefined, files: readonly SourceBytes[]): Split {
  return selectRecords(files, firstSamples(part, count, countRecords(files), names(files)))
}

/** The records of `range` of all files in a row. */
function selectRecords(files: readonly SourceBytes[], range: SampleRange): Split {
  const samples = range.to - range.from
  const split = {
    samples,
    features: new Float32Array(samples * featureCount),
    labels: new Int32Array(samples),
  }
  let start = 0
  for (const { bytes, source } of files) {
    const count = countCifarRecords(bytes, source)
    const from = Math.max(range.from - start, 0)
    const to = Math.min(range.to - start, count)
    if (from < to) copyCifarRecords(bytes, source, { from, to }, split, start + from - range.from)
    start += count
  }
  return split
}

function countRecords(files: readonly SourceBytes[]): number {
  return files.reduce((sum, { bytes, source }) => sum + countCifarRecords(bytes, source), 0)
}

function names(files: readonly SourceBytes[]): string {
  return files.map(({ source }) => source).join(', ')
}
