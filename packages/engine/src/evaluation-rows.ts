import type { Model } from '@thalweg/nn'

/** Samples that are evaluated at a time, unless their arrays would take more than `mostBytes`. */
const mostRows = 1024
const mostBytes = 1 << 26

/** How many samples of a model are evaluated at a time. */
export function evaluationRows(model: Model): number {
  const bytesPerRow = model.batchBytes(64, { gradients: false }) / 64
  return Math.max(1, Math.min(mostRows, Math.floor(mostBytes / bytesPerRow)))
}
