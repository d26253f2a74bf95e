import type { Dataset, Split } from './dataset.ts'
import { featuresPerSample } from './split.ts'

/** Names of the preprocessing steps. */
export const preprocessSteps = ['scaleToUnit', 'subtractMean', 'standardize'] as const

/**
 * - `scaleToUnit`: x / 255
 * - `subtractMean`: x - mean, per feature
 * - `standardize`: (x - mean) / sd, per feature; sd is 1 for a feature that is constant
 *
 * mean and sd (divided by n, not n - 1) are those of the training part after the steps before.
 */
export type PreprocessStep = (typeof preprocessSteps)[number]

/**
 * Applies `steps` in order to copies of all parts, with statistics computed on the training part alone and
 * summed in f64. The data set passed in is left as it is.
 * Throws RangeError for an unknown step, or parts that differ in the number of features.
 */
export function preprocess(dataset: Dataset, steps: readonly PreprocessStep[]): Dataset {
  const copied: Dataset = {
    ...dataset,
    train: copy(dataset.train),
    validation: copy(dataset.validation),
    ...(dataset.test === undefined ? {} : { test: copy(dataset.test) }),
  }
  return preprocessInPlace(copied, steps)
}

/** `preprocess` that overwrites the features; for data nobody else holds. Returns `dataset`. */
export function preprocessInPlace(dataset: Dataset, steps: readonly PreprocessStep[]): Dataset {
  checkSteps(steps)
  const { train, validation, test, featureCount } = dataset
  const parts = test === undefined ? [train, validation] : [train, validation, test]
  for (const part of parts)
    if (part.samples > 0 && featuresPerSample(part) !== featureCount)
      throw new RangeError(
        `every part must have ${featureCount} features per sample; received ${featuresPerSample(part)}`,
      )
  for (const step of steps) {
    const { offset, divisor } = fit(step, train, featureCount)
    for (const part of parts) applyInPlace(part.features, offset, divisor)
  }
  return dataset
}

/** Throws RangeError unless every step is known. */
export function checkSteps(steps: readonly unknown[]): void {
  steps.forEach((step, index) => {
    if (!preprocessSteps.some((known) => known === step))
      throw new RangeError(
        `preprocess[${index}] must be one of ${preprocessSteps.join(', ')}; received ${JSON.stringify(step)}`,
      )
  })
}

/** A step as x -> (x - offset) / divisor, per feature, in f64. */
interface Affine {
  readonly offset: Float64Array
  readonly divisor: Float64Array
}

function fit(step: PreprocessStep, train: Split, featureCount: number): Affine {
  const zeros = new Float64Array(featureCount)
  if (step === 'scaleToUnit') return { offset: zeros, divisor: zeros.map(() => 255) }
  const mean = means(train, featureCount)
  if (step === 'subtractMean') return { offset: mean, divisor: zeros.map(() => 1) }
  return { offset: mean, divisor: standardDeviations(train, mean) }
}

/** Means per feature. Of a constant feature exactly its value, which a rounded sum would miss. */
function means(train: Split, featureCount: number): Float64Array {
  const { features, samples } = train
  const sums = new Float64Array(featureCount)
  const constant = new Uint8Array(featureCount).fill(1)
  for (let start = 0; start < features.length; start += featureCount)
    for (let feature = 0; feature < featureCount; feature++) {
      const value = features[start + feature]
      sums[feature] += value
      if (value !== features[feature]) constant[feature] = 0
    }
  return sums.map((sum, feature) =>
    samples > 0 && !constant[feature] ? sum / samples : (features[feature] ?? 0),
  )
}

/** sqrt(mean of (x - mean)^2) per feature; 1 where that is 0. */
function standardDeviations(train: Split, mean: Float64Array): Float64Array {
  const { features, samples } = train
  const squares = new Float64Array(mean.length)
  for (let start = 0; start < features.length; start += mean.length)
    for (let feature = 0; feature < mean.length; feature++)
      squares[feature] += (features[start + feature] - mean[feature]) ** 2
  return squares.map((sum) => (sum > 0 ? Math.sqrt(sum / samples) : 1))
}

function applyInPlace(features: Float32Array, offset: Float64Array, divisor: Float64Array): void {
  const featureCount = offset.length
  for (let start = 0; start < features.length; start += featureCount)
    for (let feature = 0; feature < featureCount; feature++)
      features[start + feature] = (features[start + feature] - offset[feature]) / divisor[feature]
}

function copy(split: Split): Split {
  return { samples: split.samples, features: split.features.slice(), labels: split.labels.slice() }
}
