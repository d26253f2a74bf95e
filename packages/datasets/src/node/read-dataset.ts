import type { Dataset, RandomSource } from '../dataset.ts'
import { type DatasetSpec, datasetNames } from '../dataset-spec.ts'
import { generateDataset } from '../generate-dataset.ts'
import type { SourceBytes } from '../idx-images.ts'
import { checkLayout, type ImageLayout } from '../image.ts'
import { checkSteps } from '../preprocess.ts'
import { requireInteger } from '../ranges.ts'
import { locate } from './locate.ts'
import { readCifar10 } from './read-cifar10.ts'
import { readCsv } from './read-csv.ts'
import { defaultMaximumFileBytes, type ReadFiles, readDataFile } from './read-file.ts'
import { readMnist } from './read-mnist.ts'
import { isFileSpec, noDirectory, wantedFiles } from './wanted-files.ts'

export interface ReadDatasetOptions {
  /** The data directory, with one folder per set; undefined or '' where none is configured. */
  readonly directory?: string | undefined
  /** Draws generated points and shuffles held-out parts. */
  readonly random: RandomSource
  /** Largest file in bytes, also after inflation, 1 to 2^31 - 1. Default 2^28. */
  readonly maximumFileBytes?: number | undefined
  /** Order of the numbers of an image; tables have none. Default 'channelsFirst'. */
  readonly layout?: ImageLayout | undefined
}

/**
 * The data set that `spec` describes: generated, or read from files of `directory`, then cut into parts and
 * preprocessed. The same spec, files and random numbers give the same bits.
 * Throws DatasetError (see its codes) for files, RangeError or TypeError for values out of range.
 *
 *   const iris = await readDataset({ name: 'csv', file: 'iris.csv', skipLines: 1 }, { directory, random })
 */
export async function readDataset(spec: DatasetSpec, options: ReadDatasetOptions): Promise<Dataset> {
  const { directory, random, maximumFileBytes = defaultMaximumFileBytes, layout = 'channelsFirst' } = options
  requireInteger('maximumFileBytes', maximumFileBytes, 1, 2 ** 31 - 1)
  if (!datasetNames.includes(spec.name))
    throw new RangeError(
      `name must be one of ${datasetNames.join(', ')}; received ${JSON.stringify(spec.name)}`,
    )
  checkLayout(layout)
  checkSteps(spec.preprocess ?? [])
  if (!isFileSpec(spec)) return generateDataset(spec, random, { layout })

  const wanted = wantedFiles(spec)
  if (!directory) throw noDirectory(wanted)
  const readFiles: ReadFiles = async (part) => {
    const files: SourceBytes[] = []
    for (const names of wanted[part])
      files.push(await readDataFile(await locate(directory, wanted.folder, names), maximumFileBytes))
    return files
  }
  switch (spec.name) {
    case 'mnist':
      return readMnist(spec, readFiles, layout)
    case 'cifar10':
      return readCifar10(spec, readFiles, layout)
    case 'csv':
      return readCsv(spec, readFiles, random)
  }
}
