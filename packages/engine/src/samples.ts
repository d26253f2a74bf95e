import type { Split } from '@thalweg/datasets'

type Vector = Float32Array | Float64Array

/** A part of a data set, in memory or in its files. */
export interface Samples {
  readonly samples: number
  /** Class indices [samples]. */
  readonly labels: Int32Array
  /** All features [samples, width], where they are in memory. */
  readonly features?: Float32Array
  /** Writes the features of the first `count` samples that `indices` names; in files, the promise must be awaited. */
  read(indices: Int32Array, count: number, target: Vector): undefined | Promise<void>
}

/** A part that is in memory, with `width` features a sample. */
export function samplesInMemory({ samples, labels, features }: Split, width: number): Samples {
  return {
    samples,
    labels,
    features,
    read(indices, count, target) {
      for (let row = 0; row < count; row++) {
        const from = indices[row] * width
        target.set(features.subarray(from, from + width), row * width)
      }
      return undefined
    },
  }
}
