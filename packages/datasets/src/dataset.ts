/** The data structures of this package. Arrays are row-major; every feature is one f32 number. */
import type { ImageShape } from './image.ts'

/** Random numbers, given by the caller. A seeded source makes every function here repeatable bit for bit. */
export interface RandomSource {
  /** A number in [0, 1). */
  uniform(): number
  /** A number of the normal law with mean 0 and standard deviation 1. */
  normal(): number
}

/** One part of a data set. `features` is row-major [samples, featureCount]; `labels` [samples] are class indices. */
export interface Split {
  readonly samples: number
  readonly features: Float32Array
  readonly labels: Int32Array
}

/** A labelled data set, cut into parts. `validation` may hold 0 samples. */
export interface Dataset {
  readonly name: string
  /**
   * Shape of one sample, in the order of its numbers; its product is `featureCount`. Of images [channels, rows, columns],
   * e.g. [3, 32, 32]; [rows, columns, channels] where the layout 'channelsLast' was asked for.
   */
  readonly shape: readonly number[]
  /** Set where samples are images: rows, columns and channels, whatever the layout. */
  readonly image?: ImageShape
  readonly featureCount: number
  /** Number of classes; labels lie in [0, classes). */
  readonly classes: number
  readonly classNames?: readonly string[]
  readonly train: Split
  readonly validation: Split
  readonly test?: Split
}

/** Samples `from` up to, not including, `to`. */
export interface SampleRange {
  readonly from: number
  readonly to: number
}
