import { type Affine, applyAffine } from '../affine.ts'
import { fitStep } from '../fit-step.ts'
import { copyPixels, type ImageLayout } from '../image.ts'
import type { PreprocessStep } from '../preprocess.ts'
import type { FilesRange } from './counted-parts.ts'
import type { RecordSet } from './record-set.ts'
import { type BlockPair, scanRecords } from './scan-records.ts'

/** What is known of a part once all of it has been read. */
export interface FittedRecords {
  /** [samples]. */
  readonly labels: Int32Array
  /** The steps with their statistics. */
  readonly affines: readonly Affine[]
}

/**
 * Reads the labels of a part and computes the statistics of `steps` on it, in as many passes as `fitStep` asks for; the
 * labels come with the first of them. Statistics are those of the samples in memory, to the bit.
 */
export async function fitRecords(
  { files, from, to }: FilesRange<RecordSet>,
  steps: readonly PreprocessStep[],
  layout: ImageLayout,
  blocks: BlockPair,
): Promise<FittedRecords> {
  const { image, pixelOffset, labelAt, sequence } = files
  const featureCount = image[0] * image[1] * image[2]
  const labels = new Int32Array(to - from)
  if (files.labels !== undefined) labels.set(files.labels.subarray(from, to))
  let labelled = labelAt === undefined

  async function scan(visit: (bytes: Uint8Array, offset: number) => void): Promise<void> {
    await scanRecords({ files: sequence, from, to }, blocks, (bytes, offset, record) => {
      if (!labelled && labelAt !== undefined) labels[record - from] = labelAt(bytes, offset, record)
      visit(bytes, offset)
    })
    labelled = true
  }

  const affines: Affine[] = []
  const features = new Float32Array(featureCount)
  for (const step of steps) {
    const passes = fitStep(step, featureCount)
    let pass = passes.next()
    for (; pass.done !== true; pass = passes.next()) {
      const add = pass.value
      await scan((bytes, offset) => {
        const start = offset + pixelOffset
        copyPixels(bytes.subarray(start, start + featureCount), image, layout, features, 0)
        for (const affine of affines) applyAffine(features, affine, featureCount)
        add(features)
      })
    }
    affines.push(pass.value)
  }
  if (!labelled) await scan(() => undefined)
  return { labels, affines }
}
