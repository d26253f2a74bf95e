import { partOf } from '@thalweg/kernels'

/** Samples that a thread has at least: batch normalisation over one sample has no variance. */
const leastRows = 2

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
