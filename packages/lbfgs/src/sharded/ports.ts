import type { Vector } from '../vector.ts'

/** Now, or later where the other side is another thread or machine. */
export type Answer<T> = T | PromiseLike<T>

/** The handle of the start, which every shard holds before the first message. */
export const startHandle = 0

/**
 * What the coordinator tells a shard: vectors are handles, so that no message has a size that depends on n. `products`,
 * `measure` and `begin` answer with numbers, the others with nothing. Plain data; NaN and infinities must survive the
 * transport (a structured clone keeps them, JSON does not).
 */
export type ShardOperation =
  /** Forgets every vector but the start; answers [length, epsilon, the last evaluation it saw]. */
  | { readonly kind: 'begin' }
  /** A vector of zeros. */
  | { readonly kind: 'create'; readonly vector: number }
  | { readonly kind: 'copy'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'combine'
      readonly coefficients: readonly number[]
      readonly vectors: readonly number[]
      readonly out: number
    }
  | { readonly kind: 'products'; readonly vectors: readonly number[]; readonly a: number; readonly b: number }
  | { readonly kind: 'measure'; readonly a: number; readonly b: number }
  /** From now on workers may fetch `x` and add the gradients of so many portions. Ends the evaluation before. */
  | { readonly kind: 'open'; readonly evaluation: number; readonly x: number; readonly portions: number }
  /** Writes the sum over all portions to `gradient`. */
  | { readonly kind: 'close'; readonly evaluation: number; readonly gradient: number }

/** A shard as the coordinator sees it. What it throws or rejects with ends the minimisation: its slices are lost. */
export interface ShardPort {
  /** Does the operations in order; answers the numbers of those that answer, one after the other. */
  run(operations: readonly ShardOperation[]): Answer<ArrayLike<number>>
  /** The slice of a vector, for the caller's use: the coordinator itself never asks for one. */
  read(vector: number): Answer<Vector>
  write(vector: number, values: Vector): Answer<void>
}

/** A shard as the workers see it. */
export interface SlicePort {
  /** The slice of the parameters of that evaluation; undefined if it is not open: over, or given up. */
  fetch(evaluation: number): Answer<Vector | undefined>
  /** Adds the slice of a portion's gradient; a second one for the same portion is dropped. False if it is not open. */
  add(evaluation: number, portion: number, slice: Vector): Answer<boolean>
}

/** A worker as the coordinator sees it. It is asked one portion at a time, of [0, portions). */
export interface WorkerPort {
  /**
   * The f of that portion, after every shard has taken its gradient; undefined if the evaluation is over. What it throws
   * or rejects with is taken as its death.
   */
  evaluate(evaluation: number, portion: number): Answer<number | undefined>
}
