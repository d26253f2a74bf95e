import type { Dataset, RandomSource } from '../dataset.ts'
import type { CsvSpec } from '../dataset-spec.ts'
import { DatasetError } from '../errors.ts'
import type { SourceBytes } from '../idx-images.ts'
import { parseCsv } from '../parse-csv.ts'
import { preprocessInPlace } from '../preprocess.ts'
import { requireFraction } from '../ranges.ts'
import { holdOut, holdOutCount } from '../split.ts'
import type { ReadFiles } from './read-file.ts'

/** A table. Fractions are of all samples; the test part is held out first, then the validation part. */
export async function readCsv(spec: CsvSpec, readFiles: ReadFiles, random: RandomSource): Promise<Dataset> {
  const testFraction = requireFraction('test', spec.test ?? 0)
  const validationFraction = requireFraction('validation', spec.validation ?? 0.2)
  if (testFraction + validationFraction >= 1)
    throw new RangeError(
      `validation + test must be below 1; received ${validationFraction} + ${testFraction}`,
    )
  const [file] = await readFiles('train')
  const { data, featureCount, classNames } = parseCsv(decode(file), spec, file.source)
  const validationCount = holdOutCount({ fraction: validationFraction }, data.samples)
  const { kept, heldOut: test } = holdOut(data, { fraction: testFraction }, random)
  const { kept: train, heldOut: validation } = holdOut(kept, { count: validationCount }, random)
  const dataset: Dataset = {
    name: spec.name,
    shape: [featureCount],
    featureCount,
    classes: classNames.length,
    classNames,
    train,
    validation,
    ...(testFraction > 0 ? { test } : {}),
  }
  return preprocessInPlace(dataset, spec.preprocess ?? ['standardize'])
}

function decode({ bytes, source }: SourceBytes): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new DatasetError('bad-value', {
      file: source,
      expected: 'UTF-8 text',
      received: 'other bytes',
      cause,
    })
  }
}
