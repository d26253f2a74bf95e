import type { RandomSource, Split } from './dataset.ts'
import { linspace } from './linspace.ts'
import { maximumValues, requireInteger, requireNonNegative } from './ranges.ts'

export interface MoonsOptions {
  /** Points in all, >= 2. Default 400. */
  readonly samples?: number | undefined
  /** Standard deviation added to each coordinate, >= 0. Default 0.1. */
  readonly noise?: number | undefined
}

/**
 * Two interleaved half circles, classes 0 (outer) and 1 (inner).
 *
 *   outer: (cos a, sin a),  inner: (1 - cos a, 1/2 - sin a),  a = linspace(0, pi, n),  each + noise * normal
 *
 * The outer one has floor(samples / 2) points, the inner one the rest. Returns the outer ones first (not
 * shuffled, see `holdOut`); draws two normal numbers per sample, for x and then y.
 * Throws RangeError or TypeError for options out of range.
 * Source: `sklearn.datasets.make_moons` of scikit-learn, whose default noise is 0.
 */
export function moons(options: MoonsOptions, random: RandomSource): Split {
  const samples = requireInteger('samples', options.samples ?? 400, 2, maximumValues / 2)
  const noise = requireNonNegative('noise', options.noise ?? 0.1)
  const outer = Math.floor(samples / 2)
  const features = new Float32Array(samples * 2)
  const labels = new Int32Array(samples)
  for (let sample = 0; sample < samples; sample++) {
    const inner = sample >= outer
    const angle = inner
      ? linspace(0, Math.PI, samples - outer, sample - outer)
      : linspace(0, Math.PI, outer, sample)
    const x = inner ? 1 - Math.cos(angle) : Math.cos(angle)
    const y = inner ? 0.5 - Math.sin(angle) : Math.sin(angle)
    features[2 * sample] = x + noise * random.normal()
    features[2 * sample + 1] = y + noise * random.normal()
    labels[sample] = inner ? 1 : 0
  }
  return { samples, features, labels }
}
