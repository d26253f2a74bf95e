import { copy, countHits, hingeBackward, hinge as hingeKernel } from '@thalweg/kernels'
import type { Loss } from './loss.ts'
import { positive } from './range.ts'

export interface HingeOptions {
  /** By how much the label's output must exceed the others; above 0, 1 by default. */
  readonly margin?: number
}

/**
 * The loss of a support vector machine for several classes.
 *
 *   loss = sum_{j != y} max(0, z_j - z_y + margin)
 *   dz_j = 1 where z_j - z_y + margin > 0, else 0;  dz_y = -(how many of those)
 *
 * Predictions are the outputs z. Throws RangeError for a margin out of range. Source: Weston & Watkins 1999.
 */
export function hinge({ margin = 1 }: HingeOptions = {}): Loss {
  positive('hinge', 'margin', margin)
  return {
    name: 'hinge',
    targets: false,
    forward({ plan, precision, rows }, columns, { outputs, labels, predictions, result }) {
      plan.call(hingeKernel(precision, margin), rows, columns, outputs, labels, result)
      plan.call(countHits(precision), rows, columns, outputs, labels, result)
      plan.call(copy(precision), rows * columns, 0, outputs, predictions)
    },
    backward({ plan, precision, rows, batchRows }, columns, { outputs, labels, outputGradient }) {
      const kernel = hingeBackward(precision, margin)
      plan.call(kernel, rows, batchRows, columns, outputs, labels, outputGradient)
    },
  }
}
