import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropy as softmaxCrossEntropyKernel,
  softTargetCrossEntropy,
  softTargetCrossEntropyBackward,
} from '@thalweg/kernels'
import type { Loss } from './loss.ts'
import { positive } from './range.ts'

export interface SoftmaxCrossEntropyOptions {
  /** Softens the outputs that are compared with soft targets; above 0, 1 by default. */
  readonly temperature?: number
  /** The labels' share, in [0, 1]; what is left falls to soft targets. 1 by default: no targets are read. */
  readonly hardWeight?: number
}

/**
 * Softmax, and cross-entropy with labels y, with soft targets q, or with both.
 *
 *   p_j = e^(z_j) / sum_k e^(z_k),  p^T_j the same of z / T
 *   loss = hardWeight (-log p_y) + (1 - hardWeight) T^2 sum_j -q_j log p^T_j
 *   dz_j = hardWeight (p_j - [j = y]) + (1 - hardWeight) T (p^T_j - q_j)
 *
 * Targets are rows of probabilities, each with the sum 1: those of another model at temperature T, say. Labels are read
 * always. Predictions are p. Throws RangeError for options out of range. Source: Hinton et al. 2015, arXiv:1503.02531.
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  const { temperature = 1, hardWeight = 1 } = options
  positive('softmaxCrossEntropy', 'temperature', temperature)
  if (!(hardWeight >= 0 && hardWeight <= 1)) {
    throw new RangeError(`softmaxCrossEntropy: hardWeight must be in [0, 1], got ${hardWeight}`)
  }
  const isSoft = hardWeight < 1
  return {
    name: 'softmaxCrossEntropy',
    targets: isSoft,
    forward({ plan, precision, rows }, columns, { outputs, labels, targets, predictions, result }) {
      const hard = [outputs, labels, predictions, result]
      plan.call(softmaxCrossEntropyKernel(precision), rows, columns, ...hard)
      if (!isSoft) return
      const soft = softTargetCrossEntropy(precision, temperature, hardWeight)
      plan.call(soft, rows, columns, outputs, targets, result)
    },
    backward({ plan, precision, rows, batchRows }, columns, arrays) {
      const { outputs, labels, targets, predictions, outputGradient } = arrays
      if (isSoft) {
        const kernel = softTargetCrossEntropyBackward(precision, temperature, hardWeight)
        const read = [outputs, targets, predictions, labels]
        plan.call(kernel, rows, batchRows, columns, ...read, outputGradient)
      } else {
        const kernel = softmaxCrossEntropyBackward(precision)
        plan.call(kernel, rows, batchRows, columns, predictions, labels, outputGradient)
      }
    },
  }
}
