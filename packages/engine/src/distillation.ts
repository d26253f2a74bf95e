import type { DistillationDocument } from '@thalweg/document'
import { type Loss, softmaxCrossEntropy } from '@thalweg/nn'

/**
 * The loss of a student: labels y with smoothing s, the teacher's probabilities q at temperature T.
 *
 *   h = (1 - s) [j = y] + s / classes
 *   loss = hardWeight sum_j -h_j log p_j + (1 - hardWeight) T^2 sum_j -q_j log p^T_j
 *
 * The network's loss has no smoothing of its own; soft targets take it over (`createTargets`), and where only labels count
 * they are what the smoothing mixes in. Source: Hinton et al. 2015, arXiv:1503.02531; Szegedy et al. 2016.
 */
export function distillationLoss(distill: DistillationDocument): Loss {
  const { temperature, hardWeight, labelSmoothing = 0 } = distill
  return needsTeacher(distill)
    ? softmaxCrossEntropy({ temperature, hardWeight })
    : softmaxCrossEntropy({ hardWeight: 1 - labelSmoothing })
}

/** Whether a teacher counts at all. */
export const needsTeacher = ({ hardWeight }: DistillationDocument): boolean => hardWeight < 1

/**
 * What the loss compares with, in place of the teacher's probabilities q of a sample with label y.
 *
 *   q'_j = q_j - hardWeight s / ((1 - hardWeight) T) ([j = y] - 1 / classes)
 *
 * Each row of q' has the sum 1 as q has, so that log sum e^z cancels: with unsmoothed labels beside it, q' gives the loss
 * and the gradient that q gives beside smoothed ones, exactly. Without a teacher it is 1 / classes.
 */
export function createTargets(distill: DistillationDocument, classes: number) {
  const { temperature, hardWeight, labelSmoothing = 0 } = distill
  if (!needsTeacher(distill)) {
    return (targets: Float64Array, _labels: Int32Array): void => {
      targets.fill(1 / classes)
    }
  }
  const moved = (hardWeight * labelSmoothing) / ((1 - hardWeight) * temperature)
  return (targets: Float64Array, labels: Int32Array): void => {
    if (moved === 0) return
    for (const [row, label] of labels.entries()) {
      for (let column = 0; column < classes; column++) targets[row * classes + column] += moved / classes
      targets[row * classes + label] -= moved
    }
  }
}
