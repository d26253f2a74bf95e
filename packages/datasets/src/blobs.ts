import type { RandomSource, Split } from './dataset.ts'
import { maximumValues, requireInteger, requireNonNegative } from './ranges.ts'

export interface BlobsOptions {
  /** Points of each class, >= 1. Default 100. */
  readonly samplesPerClass?: number | undefined
  /** Classes, >= 1. Default 3. */
  readonly classes?: number | undefined
  /** Features per sample, >= 1. Default 2. */
  readonly features?: number | undefined
  /** Standard deviation around the centre, the same in every direction, >= 0. Default 1. */
  readonly spread?: number | undefined
}

/**
 * Round normal clouds, one per class, with centres uniform in the box [-10, 10]^features.
 *
 *   x = centre_class + spread * normal
 *
 * Returns classes * samplesPerClass samples, class after class. Draws all centres first (uniform, class by
 * class), then one normal number per feature.
 * Throws RangeError or TypeError for options out of range.
 * Source: `sklearn.datasets.make_blobs` of scikit-learn.
 */
export function blobs(options: BlobsOptions, random: RandomSource): Split {
  const classes = requireInteger('classes', options.classes ?? 3, 1, maximumValues)
  const featureCount = requireInteger(
    'features',
    options.features ?? 2,
    1,
    Math.floor(maximumValues / classes),
  )
  const samplesPerClass = requireInteger(
    'samplesPerClass',
    options.samplesPerClass ?? 100,
    1,
    Math.floor(maximumValues / (classes * featureCount)),
  )
  const spread = requireNonNegative('spread', options.spread ?? 1)
  const centres = Float64Array.from({ length: classes * featureCount }, () => 20 * random.uniform() - 10)
  const samples = classes * samplesPerClass
  const features = new Float32Array(samples * featureCount)
  const labels = new Int32Array(samples)
  for (let sample = 0; sample < samples; sample++) {
    const label = Math.floor(sample / samplesPerClass)
    labels[sample] = label
    for (let feature = 0; feature < featureCount; feature++)
      features[sample * featureCount + feature] =
        centres[label * featureCount + feature] + spread * random.normal()
  }
  return { samples, features, labels }
}
