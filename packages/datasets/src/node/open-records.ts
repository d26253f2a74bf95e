import type { Affine } from '../affine.ts'
import type { RecordsSpec } from '../dataset-spec.ts'
import { checkLayout, type ImageLayout, type ImageShape, shapeOf } from '../image.ts'
import { checkSteps } from '../preprocess.ts'
import { requireInteger } from '../ranges.ts'
import { createBlockPool } from './block-pool.ts'
import { checkCounts, cutParts, type FilesRange } from './counted-parts.ts'
import { fitRecords } from './fit-records.ts'
import { createGate } from './gate.ts'
import { imageSets } from './image-sets.ts'
import { createReadAhead } from './read-ahead.ts'
import { createRecordPart, type RecordPart } from './record-part.ts'
import type { RecordSet } from './record-set.ts'
import { openRecordSets, type RecordSets } from './record-sets.ts'
import type { BlockPair } from './scan-records.ts'

export interface OpenRecordsOptions {
  /** The data directory, with one folder per set; undefined or '' where none is configured. */
  readonly directory?: string | undefined
  /** Order of the numbers of an image. Default 'channelsFirst'. */
  readonly layout?: ImageLayout | undefined
  /** Bytes read at a time, 1 to 2^30; a block holds one record at least. Default 2^20. */
  readonly blockBytes?: number | undefined
}

/** A data set that stays in its files. Fields without a word here are those of `Dataset`. */
export interface RecordSource {
  readonly name: string
  readonly shape: readonly number[]
  readonly image: ImageShape
  readonly featureCount: number
  readonly classes: number
  readonly classNames: readonly string[]
  readonly train: RecordPart
  readonly validation: RecordPart
  readonly test?: RecordPart
  /** The steps of the preprocessing, with the statistics of the training part. */
  readonly affines: readonly Affine[]
  /**
   * The most memory that the source takes, however large its files: 3 blocks, the labels (4 bytes a sample), and 16 bytes
   * a feature for each preprocessing step. While it opens, statistics take 64 bytes a feature beside, and labels that have
   * a file of their own a byte each; a read under way takes 24 bytes a row.
   */
  readonly memoryBytes: number
  /** Waits for the reads under way and closes the files. May be called again. */
  close(): Promise<void>
}

/**
 * Opens a set of images that may be larger than memory: what `readDataset(spec)` would read, sample by sample, to the
 * same bits. Labels are held in memory. Statistics of the preprocessing are computed here, block by block, in passes over
 * the training part alone: none for `scaleToUnit`, one for `subtractMean`, two for `standardize`. CIFAR-10 files are
 * read through once in any case, for their labels. Files must not be gzipped, except those of labels. To be closed.
 *
 * Throws DatasetError (see its codes) for files, also where their length is not what their header says; RangeError or
 * TypeError for values out of range.
 *
 *   const source = await openRecords({ name: 'cifar10' }, { directory })
 *   await source.train.read(Int32Array.of(7, 49_000), 2, new Float32Array(2 * source.featureCount))
 */
export async function openRecords(spec: RecordsSpec, options: OpenRecordsOptions): Promise<RecordSource> {
  const { directory, layout = 'channelsFirst', blockBytes = 2 ** 20 } = options
  if (!Object.hasOwn(imageSets, spec.name))
    throw new RangeError(
      `name must be one of ${Object.keys(imageSets).join(', ')}; received ${JSON.stringify(spec.name)}`,
    )
  checkLayout(layout)
  requireInteger('blockBytes', blockBytes, 1, 2 ** 30)
  checkSteps(spec.preprocess ?? [])
  checkCounts(spec)
  const sets = await openRecordSets(spec, directory)
  try {
    return await describe(spec, sets, layout, blockBytes)
  } catch (error) {
    await sets.close()
    throw error
  }
}

/** Reads labels and statistics, and puts the parts together. */
async function describe(
  spec: RecordsSpec,
  sets: RecordSets,
  layout: ImageLayout,
  wantedBlockBytes: number,
): Promise<RecordSource> {
  const { classes, classNames, preprocess } = imageSets[spec.name]
  const { image, pixelOffset, sequence } = sets.training
  const featureCount = image[0] * image[1] * image[2]
  const ranges = cutParts(spec, sets.training, sets.validation, sets.test)
  const blockBytes = Math.max(wantedBlockBytes, sequence.recordBytes)
  const pair: BlockPair = [new Uint8Array(blockBytes), new Uint8Array(blockBytes)]
  const fitted = await fitRecords(ranges.train, spec.preprocess ?? preprocess, layout, pair)

  const gate = createGate(`the source of ${spec.name}`)
  const shared = {
    image,
    pixelOffset,
    layout,
    affines: fitted.affines,
    blocks: createBlockPool(pair),
    blockBytes,
    ahead: createReadAhead(blockBytes, gate),
    gate,
  }
  const partOf = ({ files, from, to }: FilesRange<RecordSet>, labels: Int32Array): RecordPart =>
    createRecordPart({ range: { files: files.sequence, from, to }, labels, ...shared })
  const labelledPart = async (range: FilesRange<RecordSet>): Promise<RecordPart> =>
    partOf(range, (await fitRecords(range, [], layout, pair)).labels)

  const train = partOf(ranges.train, fitted.labels)
  const validation = await labelledPart(ranges.validation)
  const test = ranges.test && (await labelledPart(ranges.test))
  const samples = train.samples + validation.samples + (test?.samples ?? 0)
  return {
    name: spec.name,
    shape: shapeOf(image, layout),
    image,
    featureCount,
    classes,
    classNames,
    train,
    validation,
    ...(test === undefined ? {} : { test }),
    affines: fitted.affines,
    memoryBytes: 3 * blockBytes + 4 * samples + 16 * featureCount * fitted.affines.length,
    async close() {
      await gate.close()
      await sets.close()
    },
  }
}
