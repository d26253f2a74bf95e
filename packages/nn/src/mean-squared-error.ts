import { countHits, oneHot, squaredError, squaredErrorBackward } from '@thalweg/kernels'
import type { Loss } from './loss.ts'

export interface MeanSquaredErrorOptions {
  /** What t is: the batch's targets, or a 1 in the label's place and 0 elsewhere. `targets` by default. */
  readonly against?: 'targets' | 'labels'
}

/**
 * The mean of squared differences over samples and outputs.
 *
 *   loss = mean_ij (z_ij - t_ij)^2,  dz_ij = 2 (z_ij - t_ij) / (samples outputs)
 *
 * Predictions are the outputs z. Against targets, no output counts as right. Throws RangeError for another `against`.
 */
export function meanSquaredError({ against = 'targets' }: MeanSquaredErrorOptions = {}): Loss {
  if (against !== 'targets' && against !== 'labels') {
    throw new RangeError(`meanSquaredError: against must be "targets" or "labels", got "${against}"`)
  }
  return {
    name: 'meanSquaredError',
    targets: against === 'targets',
    forward({ plan, precision, rows }, columns, { outputs, labels, targets, predictions, result }) {
      // The array of the predictions is free until they are written, each over the target that it is compared with.
      if (against === 'labels') plan.call(oneHot(precision), rows, columns, labels, predictions)
      const compared = against === 'labels' ? predictions : targets
      plan.call(squaredError(precision), rows, columns, outputs, compared, predictions, result)
      if (against === 'labels') plan.call(countHits(precision), rows, columns, outputs, labels, result)
    },
    backward({ plan, precision, rows, batchRows }, columns, { outputs, labels, targets, outputGradient }) {
      if (against === 'labels') plan.call(oneHot(precision), rows, columns, labels, outputGradient)
      const compared = against === 'labels' ? outputGradient : targets
      const kernel = squaredErrorBackward(precision)
      plan.call(kernel, rows, batchRows, columns, outputs, compared, outputGradient)
    },
  }
}
