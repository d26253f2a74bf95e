import type { Split } from '@thalweg/datasets'

/**
 * The fold of each sample, 0 .. count - 1 [samples]: the samples, ordered by class, are dealt out in turn, so that folds
 * differ by one sample at most, and so do the samples of a class in them.
 */
export function foldsOf(labels: Int32Array, count: number): Int32Array {
  if (labels.length < count) {
    throw new RangeError(`dataset.fold: count must be in [2, ${labels.length}], the samples, got ${count}`)
  }
  const byClass = Array.from(labels.keys()).sort((a, b) => labels[a] - labels[b] || a - b)
  const folds = new Int32Array(labels.length)
  for (const [place, sample] of byClass.entries()) folds[sample] = place % count
  return folds
}

/** The samples that are wanted, in their order; `width` features a sample. */
export function samplesWhere(
  { samples, features, labels }: Split,
  width: number,
  isWanted: (sample: number) => boolean,
): Split {
  const chosen = Array.from({ length: samples }, (_, sample) => sample).filter(isWanted)
  const taken = new Float32Array(chosen.length * width)
  for (const [place, sample] of chosen.entries()) {
    taken.set(features.subarray(sample * width, (sample + 1) * width), place * width)
  }
  return {
    samples: chosen.length,
    features: taken,
    labels: Int32Array.from(chosen, (sample) => labels[sample]),
  }
}
