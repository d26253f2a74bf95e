import { checkLabels, checkLogits, type Table } from '../predictions.ts'
import { logSoftmax } from '../softmax.ts'
import { meanCrossEntropy, meanDivergence } from './cross-entropy.ts'
import { meanTargets, type Teacher, teacherList } from './soft-targets.ts'

export interface DistillationOptions {
  /** The student's, [rows, classes]. */
  readonly logits: Table
  /** One or several; needed where `hardWeight` is below 1. */
  readonly teacher?: Teacher | readonly Teacher[]
  /** Classes, [rows]; needed where `hardWeight` is above 0. */
  readonly labels?: ArrayLike<number>
  readonly classes: number
  /** Softens the student's logits and the teachers' for the soft part; in (0, ∞). */
  readonly temperature: number
  /** The labels' share, in [0, 1]; what is left falls to the soft targets. */
  readonly hardWeight: number
  /** What is taken from the label and spread evenly over all classes, in the hard part; in [0, 1]. Default 0. */
  readonly labelSmoothing?: number
  /** Multiplies the soft part by T^2, so that its gradient keeps its size whatever T is. Default true. */
  readonly scaleBySquaredTemperature?: boolean
}

/** Means over rows. */
export interface DistillationLoss {
  readonly loss: number
  /** Of `loss` by the student's logits, [rows, classes]. */
  readonly gradient: Float64Array
  /** Cross-entropy with the labels, smoothed; where labels were given. */
  readonly hard?: number
  /** Cross-entropy with the soft targets at T, without T^2; where a teacher was given. */
  readonly soft?: number
  /** `soft` less the entropy of the soft targets: KL(q || p^T) >= 0, 0 where the student says what the teachers say. */
  readonly divergence?: number
}

/**
 * The loss of a student that learns from labels y and from soft targets q, and its gradient by the student's logits z.
 *
 *   p = softmax(z),  p^T = softmax(z / T),  q the mean of the teachers' probabilities at T (`softTargets`)
 *   h_j = (1 - labelSmoothing) [j = y] + labelSmoothing / classes
 *   loss = mean over rows of  hardWeight sum_j -h_j log p_j + (1 - hardWeight) s sum_j -q_j log p^T_j
 *   dz_j = ( hardWeight (p_j - h_j) + (1 - hardWeight) s / T (p^T_j - q_j) ) / rows
 *
 * s = T^2, or 1 without `scaleBySquaredTemperature`. The loss is a cross-entropy, as that of a network's softmax layer; in
 * KL divergence it is less by the entropy of q, which changes no gradient. Throws TypeError or RangeError for options out
 * of range, a teacher or labels that are needed and not given, and tables that do not fit, naming the teacher and the row.
 * Source: Hinton et al. 2015, arXiv:1503.02531, section 2; smoothing Szegedy et al. 2016, arXiv:1512.00567, section 7.
 *
 * @example
 * const logits = new Float64Array([1, 0, -1])
 * const teacher = { logits: new Float64Array([3, -1, -2]) }
 * distillationLoss({ logits, teacher, classes: 3, temperature: 20, hardWeight: 0 }).gradient // [-0.697, 0.357, 0.340]
 */
export function distillationLoss(options: DistillationOptions): DistillationLoss {
  const caller = 'distillationLoss'
  const { logits, teacher, labels, classes, temperature, hardWeight, labelSmoothing = 0 } = options
  const { scaleBySquaredTemperature = true } = options
  const rows = checkLogits(caller, 'logits', logits, classes)
  checkPart(caller, 'hardWeight', hardWeight)
  checkPart(caller, 'labelSmoothing', labelSmoothing)
  if (teacher === undefined && hardWeight < 1) {
    throw new TypeError(`${caller}: teacher must be given where hardWeight is below 1`)
  }
  if (labels === undefined && hardWeight > 0) {
    throw new TypeError(`${caller}: labels must be given where hardWeight is above 0`)
  }
  const soft =
    teacher &&
    partOf(meanTargets(caller, teacherList(caller, teacher), classes, temperature, rows), temperature)
  const hard = labels && partOf(smoothedLabels(caller, labels, rows, classes, labelSmoothing), 1)
  const squared = scaleBySquaredTemperature ? temperature ** 2 : 1
  const gradient = new Float64Array(logits.length)
  let loss = 0
  if (hard && hardWeight > 0) add(hard, hardWeight, 1)
  if (soft && hardWeight < 1) add(soft, (1 - hardWeight) * squared, temperature)
  return {
    loss,
    gradient,
    ...(hard && { hard: meanCrossEntropy(hard.targets, hard.logProbabilities, classes) }),
    ...(soft && {
      soft: meanCrossEntropy(soft.targets, soft.logProbabilities, classes),
      divergence: meanDivergence(soft.targets, soft.logProbabilities, classes),
    }),
  }

  function partOf(targets: Float64Array, temperature: number): Part {
    return { targets, logProbabilities: logSoftmax(logits, classes, { temperature }) }
  }

  function add({ targets, logProbabilities }: Part, weight: number, temperature: number): void {
    loss += weight * meanCrossEntropy(targets, logProbabilities, classes)
    const factor = weight / temperature / rows
    for (let at = 0; at < gradient.length; at++) {
      gradient[at] += factor * (Math.exp(logProbabilities[at]) - targets[at])
    }
  }
}

/** What a part of the loss compares, both [rows, classes]. */
interface Part {
  readonly targets: Float64Array
  readonly logProbabilities: Float64Array
}

/** (1 - smoothing) [j = y] + smoothing / classes, [rows, classes]. */
function smoothedLabels(
  caller: string,
  labels: ArrayLike<number>,
  rows: number,
  classes: number,
  smoothing: number,
): Float64Array {
  checkLabels(caller, labels, rows, classes)
  const targets = new Float64Array(rows * classes).fill(smoothing / classes)
  for (let row = 0; row < rows; row++) targets[row * classes + labels[row]] += 1 - smoothing
  return targets
}

function checkPart(caller: string, name: string, value: number): void {
  if (value >= 0 && value <= 1) return
  throw new RangeError(`${caller}: ${name} must be in [0, 1], got ${value}`)
}
