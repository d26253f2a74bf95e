import { partOf } from '@thalweg/kernels'
import { leastSharedInputs, type Model } from '@thalweg/nn'

/** Samples that a thread has at least: batch normalisation over one sample has no variance. */
const leastRows = 2

/** Weights of a first layer from which two more meetings of the threads in a step cost less than to exchange them. */
const leastSharedWeights = 32_768

/** How many of the threads have a part of a batch of so many samples. */
function sharers(rows: number, threads: number): number {
  return Math.max(1, Math.min(threads, Math.floor(rows / leastRows)))
}

/** Which samples of a batch a thread takes: two at least, unless the batch has one; none where there are too few. */
export function shareOf(rows: number, thread: number, threads: number): { start: number; count: number } {
  const parts = sharers(rows, threads)
  return thread < parts ? partOf(rows, thread, parts) : { start: rows, count: 0 }
}

/** The most samples that a thread has of batches of up to `batchSize`. */
export function mostRowsOf(batchSize: number, threads: number): number {
  // Three samples are not shared.
  return Math.max(Math.min(batchSize, leastRows + 1), Math.ceil(batchSize / sharers(batchSize, threads)))
}

/** The most samples of a batch whose threads share so many inputs of the first layer. */
export function mostSharedRows(inputs: number, threads: number): number {
  return threads === 1 || inputs < leastSharedInputs(threads) ? 0 : Math.floor(inputs / threads)
}

/**
 * Whether threads share the inputs of the first layer, too, in batches of these sizes: where it has more to exchange of
 * weights than of sums over the samples, and every thread has samples.
 */
export function sharesInputs(
  { firstDense }: Pick<Model, 'firstDense'>,
  batchSizes: readonly number[],
  threads: number,
): boolean {
  if (firstDense === undefined) return false
  const { inputs, units } = firstDense
  const most = Math.max(...batchSizes)
  return (
    most <= mostSharedRows(inputs, threads) &&
    inputs * units >= leastSharedWeights &&
    Math.min(...batchSizes) >= leastRows * threads
  )
}
