import {
  type AugmentationSpec,
  checkAugmentations,
  drawAugmentation,
  type ImageShape,
} from '@thalweg/datasets'
import { gatherImages, gatherRows, type Plan, type Workspace } from '@thalweg/kernels'
import type { Batch, Model } from '@thalweg/nn'
import type { Samples } from './samples.ts'
import type { Stream } from './streams.ts'

/** Where the samples of a training batch come from. */
export interface BatchInput {
  /** The samples of the next batch, to be filled before `prepare`. */
  readonly indices: Int32Array
  /** Draws how the first `rows` samples are changed, and reads those that are in files: then it must be awaited. */
  prepare(rows: number): undefined | Promise<void>
  /** Whether images are changed: then a thread can only have whole samples. */
  readonly augments: boolean
  /**
   * Appends that the samples `start` to `start + count` of the batch are brought into a thread's arrays; with `columns`
   * those columns of the features of all `rows` samples instead of all of its own.
   */
  plan(plan: Plan, samples: Span, batch: Batch, columns?: Span & { readonly rows: number }): void
}

interface Span {
  readonly start: number
  readonly count: number
}

export interface BatchInputParts {
  readonly model: Model
  readonly workspace: Workspace
  /** Copied into the workspace if they are in memory; else through a window as large as a batch. */
  readonly train: Samples
  /** What the loss compares with [samples, classes], where it reads targets. */
  readonly targets?: Float64Array | undefined
  readonly batchSize: number
  readonly augmentation: readonly AugmentationSpec[]
  /** The samples as images; undefined where they are none, and nothing can be augmented. */
  readonly image: ImageShape | undefined
  readonly stream: Stream
}

/** What the input takes of the workspace, in numbers of samples that it holds. */
export function residentSamples(train: Samples, batchSize: number): number {
  return train.features === undefined ? batchSize : train.samples
}

/**
 * Lays the training samples, or a window of them, in the workspace. Throws RangeError for an augmentation that does not fit
 * the images.
 */
export function createBatchInput(parts: BatchInputParts): BatchInput {
  const { model, workspace, train, targets: wanted, batchSize, augmentation, image, stream } = parts
  const { classes } = model
  if (image !== undefined) checkAugmentations(augmentation, image)
  const resident = residentSamples(train, batchSize)
  const features = workspace[model.precision](resident * model.features)
  const labels = workspace.i32(resident)
  const targets = wanted && workspace[model.precision](resident * classes)
  const indices = workspace.i32(batchSize)
  const streamed = train.features === undefined
  // Samples in a window lie in the order in which they were read.
  const places = streamed ? workspace.i32(batchSize) : indices
  if (streamed) for (let place = 0; place < batchSize; place++) places[place] = place
  if (train.features !== undefined) {
    features.set(train.features)
    labels.set(train.labels)
    if (targets !== undefined && wanted !== undefined) targets.set(wanted)
  }
  const moves = augmentation.length > 0 ? workspace.i32(movesPerSample * batchSize) : undefined

  function drawMoves(into: Int32Array, shape: ImageShape, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const { flip, rowShift, columnShift } = drawAugmentation(augmentation, shape, stream)
      into[movesPerSample * row] = flip
      into[movesPerSample * row + 1] = rowShift
      into[movesPerSample * row + 2] = columnShift
    }
  }

  return {
    indices,
    augments: moves !== undefined,
    prepare(rows) {
      if (moves !== undefined && image !== undefined) drawMoves(moves, image, rows)
      if (!streamed) return undefined
      for (let row = 0; row < rows; row++) {
        const index = indices[row]
        labels[row] = train.labels[index]
        if (targets === undefined || wanted === undefined) continue
        targets.set(wanted.subarray(index * classes, (index + 1) * classes), row * classes)
      }
      return train.read(indices, rows, features)
    },
    plan(plan, { start, count }, batch, columns) {
      const from = places.byteOffset + 4 * start
      plan.call(gatherRows, count, 4, 4, from, labels.byteOffset, batch.labels.byteOffset)
      if (targets !== undefined) {
        const targetBytes = classes * targets.BYTES_PER_ELEMENT
        const at = [from, targets.byteOffset, batch.targets.byteOffset]
        plan.call(gatherRows, count, targetBytes, targetBytes, ...at)
      }
      if (moves === undefined || image === undefined) {
        const bytes = features.BYTES_PER_ELEMENT
        const stepBytes = model.features * bytes
        const [rows, rowBytes, at] =
          columns === undefined
            ? [count, stepBytes, [from, features.byteOffset]]
            : [
                columns.rows,
                columns.count * bytes,
                [places.byteOffset, features.byteOffset + columns.start * bytes],
              ]
        plan.call(gatherRows, rows, rowBytes, stepBytes, ...at, batch.features.byteOffset)
        return
      }
      const movesAt = moves.byteOffset + 4 * movesPerSample * start
      const arrays = [from, movesAt, features.byteOffset, batch.features.byteOffset]
      plan.call(gatherImages(model.precision), count, ...image, ...arrays)
    },
  }
}

/** Whether an image is flipped, and how far it is moved down and right. */
const movesPerSample = 3
