import { checkProbabilities, type Table } from '../predictions.ts'
import { softmax } from '../softmax.ts'
import type { SoftTargetOptions } from './soft-targets.ts'

/**
 * Probabilities p as they are at temperature T where the logits are not known, [rows, classes].
 *
 *   q_j = p_j^(1 / T) / sum_k p_k^(1 / T)  =  softmax(z / T)_j   for p = softmax(z)
 *
 * A probability of 0 stays 0, which that of finite logits would not: it was rounded away before. Throws TypeError or
 * RangeError for what are no probabilities, or T not in (0, ∞).
 */
export function softenProbabilities(
  probabilities: Table,
  { classes, temperature }: SoftTargetOptions,
): Float64Array {
  checkProbabilities('softenProbabilities', 'probabilities', probabilities, classes)
  // The softmax takes finite numbers alone: e^(-1e308 / T) is 0 for every T up to 1e305.
  const logits = Float64Array.from(probabilities, (value) => Math.max(Math.log(value), -1e308))
  return softmax(logits, classes, { temperature })
}
