import type { RandomSource, Split } from './dataset.ts'
import { requireFraction, requireInteger } from './ranges.ts'

/** A part with no samples. */
function emptySplit(): Split {
  return { samples: 0, features: new Float32Array(0), labels: new Int32Array(0) }
}

/** Features per sample, 0 for a part with no samples. RangeError where the lengths do not fit together. */
export function featuresPerSample(split: Split): number {
  const { samples, features, labels } = split
  if (samples === 0) return 0
  const featureCount = features.length / samples
  if (!Number.isInteger(featureCount) || labels.length !== samples)
    throw new RangeError(
      `split must hold samples * featureCount features and as many labels as samples; received ${samples} samples, ` +
        `${features.length} features, ${labels.length} labels`,
    )
  return featureCount
}

/** A copy of the first `count` samples; RangeError unless `count` is in [0, split.samples]. */
export function takeFirst(split: Split, count: number): Split {
  const samples = requireInteger('count', count, 0, split.samples)
  return {
    samples,
    features: split.features.slice(0, samples * featuresPerSample(split)),
    labels: split.labels.slice(0, samples),
  }
}

/** How much to hold out: a number of samples, or a fraction in [0, 1), rounded to the nearest number of samples. */
export type HoldOutAmount = { readonly count: number } | { readonly fraction: number }

/**
 * How many of `samples` an amount is, from 0 to samples - 1: something must be left to train on. A count beyond that is a
 * RangeError, a fraction that rounds to it is cut.
 */
export function holdOutCount(amount: HoldOutAmount, samples: number): number {
  const largest = Math.max(samples - 1, 0)
  if ('count' in amount) return requireInteger('count held out', amount.count, 0, largest)
  return Math.min(Math.round(requireFraction('fraction', amount.fraction) * samples), largest)
}

/**
 * Shuffles the samples (Fisher-Yates) and cuts off the last ones; both parts are copies, in shuffled order.
 * Draws samples - 1 uniform numbers; none where nothing is held out, and then the order stays.
 * Throws RangeError for an amount out of range.
 */
export function holdOut(
  split: Split,
  amount: HoldOutAmount,
  random: RandomSource,
): { kept: Split; heldOut: Split } {
  const count = holdOutCount(amount, split.samples)
  if (count === 0) return { kept: takeFirst(split, split.samples), heldOut: emptySplit() }
  const order = shuffledOrder(split.samples, random)
  const boundary = split.samples - count
  return {
    kept: gather(split, order.subarray(0, boundary)),
    heldOut: gather(split, order.subarray(boundary)),
  }
}

/** A permutation of 0 .. count-1, every one equally likely. */
function shuffledOrder(count: number, random: RandomSource): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1))
    const moved = order[last]
    order[last] = order[other]
    order[other] = moved
  }
  return order
}

function gather(split: Split, order: Uint32Array): Split {
  const featureCount = featuresPerSample(split)
  const features = new Float32Array(order.length * featureCount)
  order.forEach((source, target) => {
    features.set(
      split.features.subarray(source * featureCount, (source + 1) * featureCount),
      target * featureCount,
    )
  })
  return {
    samples: order.length,
    features,
    labels: Int32Array.from(order, (source) => split.labels[source]),
  }
}
