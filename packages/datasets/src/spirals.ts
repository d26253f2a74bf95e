import type { RandomSource, Split } from './dataset.ts'
import { linspace } from './linspace.ts'
import { maximumValues, requireInteger, requireNonNegative } from './ranges.ts'

export interface SpiralsOptions {
  /** Points on each arm, >= 1. Default 100. */
  readonly samplesPerClass?: number | undefined
  /** Arms K, >= 1. Default 3. */
  readonly classes?: number | undefined
  /** Standard deviation of the angle, radians, >= 0. Default 0.2. */
  readonly noise?: number | undefined
}

/**
 * Interleaved spirals, one arm per class; no straight line separates them.
 *
 *   r = linspace(0, 1, N),   theta = linspace(4 j, 4 (j + 1), N) + noise * normal
 *   x = r sin(theta),        y = r cos(theta)                                       for arm j = 0 .. K-1
 *
 * Returns K N samples with 2 features, arm after arm; draws one normal number per sample, in that order.
 * Throws RangeError or TypeError for options out of range.
 * Source: Stanford CS231n lecture notes, "Putting it together: Minimal Neural Network Case Study".
 */
export function spirals(options: SpiralsOptions, random: RandomSource): Split {
  const classes = requireInteger('classes', options.classes ?? 3, 1, maximumValues / 2)
  const samplesPerClass = requireInteger(
    'samplesPerClass',
    options.samplesPerClass ?? 100,
    1,
    Math.floor(maximumValues / (2 * classes)),
  )
  const noise = requireNonNegative('noise', options.noise ?? 0.2)
  const samples = classes * samplesPerClass
  const features = new Float32Array(samples * 2)
  const labels = new Int32Array(samples)
  for (let sample = 0; sample < samples; sample++) {
    const arm = Math.floor(sample / samplesPerClass)
    const position = sample % samplesPerClass
    const radius = linspace(0, 1, samplesPerClass, position)
    const angle = linspace(arm * 4, (arm + 1) * 4, samplesPerClass, position) + noise * random.normal()
    features[2 * sample] = radius * Math.sin(angle)
    features[2 * sample + 1] = radius * Math.cos(angle)
    labels[sample] = arm
  }
  return { samples, features, labels }
}
