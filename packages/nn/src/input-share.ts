import { type Plan, partOf } from '@thalweg/kernels'

/** A dense layer that comes first in a model. */
export interface FirstDense {
  readonly inputs: number
  readonly units: number
}

/**
 * A thread's share of a first dense layer where a team divides its inputs, and not the batch's samples:
 *
 *   s_t = x[:, part t] W[part t, :]      of all samples, by thread t
 *   y = f(s_1 + … + s_T + b)             of its own samples, by each thread
 *   dW[part t, :] = x[:, part t]^T ds    of all samples, by thread t
 *
 * so that a thread that also updates its part of W keeps it in its cache. Threads exchange [samples, units] twice in a step,
 * instead of the weights and their gradient: less, where there are more inputs than samples.
 */
export interface InputShare {
  readonly thread: number
  /** The inputs of its part: their columns of all samples lie together in its batch. */
  readonly start: number
  readonly count: number
  /** Samples that a batch has at most. */
  readonly batchRows: number
  /** Where each thread's sums go, [batchRows, units], and the gradient of their total. */
  readonly sums: readonly number[]
  readonly sumGradient: number
}

/** A pass of a thread with a share of the inputs. */
export interface SharedPass {
  /** The first of its own samples in the batch. */
  readonly firstRow: number
  /** Appends that it waits for the other threads' plans to come as far. */
  wait(plan: Plan): void
  /** The model's flat gradient, common to all threads: each writes its part of W's. */
  readonly gradient: Float32Array | Float64Array
}

/** Inputs in a line of the cache, or in two: parts are multiples of it. */
const partUnit = 16

/** The fewest inputs that so many threads can divide. */
export function leastSharedInputs(threads: number): number {
  return partUnit * threads
}

/**
 * One share for each thread, of batches of up to `batchRows`; `array` gives so many elements a place and says their address.
 * Throws RangeError for too few inputs.
 */
export function createInputShares(
  { inputs, units }: FirstDense,
  batchRows: number,
  threads: number,
  array: (length: number) => number,
): readonly InputShare[] {
  const least = leastSharedInputs(threads)
  if (inputs < least) throw new RangeError(`input shares: inputs must be in [${least}, ∞), got ${inputs}`)
  const sums = Array.from({ length: threads }, () => array(batchRows * units))
  const sumGradient = array(batchRows * units)
  return sums.map((_, thread) => ({
    ...partOf(inputs, thread, threads, partUnit),
    ...{ thread, batchRows, sums, sumGradient },
  }))
}
