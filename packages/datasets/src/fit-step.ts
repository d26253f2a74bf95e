import type { Affine } from './affine.ts'
import type { PreprocessStep } from './preprocess.ts'

/** Takes in training samples, row-major [samples, featureCount]; called with all of them in order, in any portions. */
export type Visit = (features: Float32Array) => void

/**
 * Computes the statistics of a step. Yields one function per pass over the training part, which is to be called with all
 * of its features before the next is asked for; returns the step. `scaleToUnit` needs no pass, `subtractMean` one,
 * `standardize` two: squares are summed about the mean. How the samples are cut into portions changes no bit.
 */
export function* fitStep(step: PreprocessStep, featureCount: number): Generator<Visit, Affine, void> {
  const zeros = new Float64Array(featureCount)
  if (step === 'scaleToUnit') return { offset: zeros, divisor: zeros.map(() => 255) }
  const means = sumUp(featureCount)
  yield means.add
  const offset = means.result()
  if (step === 'subtractMean') return { offset, divisor: undefined }
  const squares = sumSquares(offset)
  yield squares.add
  return { offset, divisor: squares.result() }
}

/** Means per feature. Of a constant feature exactly its value, which a rounded sum would miss. */
function sumUp(featureCount: number): { add: Visit; result(): Float64Array } {
  const sums = new Float64Array(featureCount)
  const first = new Float32Array(featureCount)
  const constant = new Uint8Array(featureCount).fill(1)
  let samples = 0
  return {
    add(features) {
      if (samples === 0) first.set(features.subarray(0, featureCount))
      for (let start = 0; start < features.length; start += featureCount)
        for (let feature = 0; feature < featureCount; feature++) {
          const value = features[start + feature]
          sums[feature] += value
          if (value !== first[feature]) constant[feature] = 0
        }
      samples += features.length / featureCount
    },
    result: () => sums.map((sum, feature) => (constant[feature] ? first[feature] : sum / samples)),
  }
}

/** sqrt(mean of (x - mean)^2) per feature; 1 where that is 0. */
function sumSquares(mean: Float64Array): { add: Visit; result(): Float64Array } {
  const featureCount = mean.length
  const squares = new Float64Array(featureCount)
  let samples = 0
  return {
    add(features) {
      for (let start = 0; start < features.length; start += featureCount)
        for (let feature = 0; feature < featureCount; feature++)
          squares[feature] += (features[start + feature] - mean[feature]) ** 2
      samples += features.length / featureCount
    },
    result: () => squares.map((sum) => (sum > 0 ? Math.sqrt(sum / samples) : 1)),
  }
}
