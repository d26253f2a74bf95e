import type { FitObjective } from './fit-objective.ts'
import { checkLabels, checkMembers, type Member, type Table } from './predictions.ts'

export interface StackingOptions {
  readonly classes: number
  /** Whether each class has its own weights, [members, classes], or all share one a member. Default false. */
  readonly perClass?: boolean
  /** Pulls the weights to 1 / members, the plain geometric mean; in [0, ∞). Default 0. */
  readonly l2?: number
}

/** Probabilities below this count as this in logarithms: the smallest normal f32, 2^-126. */
const floor = 2 ** -126

/**
 * A logistic regression over the members' log-probabilities: p = softmax(s), s_k = sum_i w_ik log p_ik, w_ik = w_i where
 * classes share weights. Convex; weights may become negative unless the minimiser bounds them.
 *
 *   f = mean over rows of -log p_label + l2 / 2 sum (w - 1 / members)^2
 *   df / dw_ik = mean of (p_k - [k = label]) log p_ik + l2 (w_ik - 1 / members);  shared: summed over k
 *
 * Starts from 1 / members. Fit it on rows that the members were not trained on; logarithms are of max(p, 2^-126).
 * Source: Wolpert 1992, "Stacked generalization"; Ting & Witten 1999 (on probabilities).
 *
 * @example
 * const { start, evaluate } = stackingObjective(members, labels, { classes: 10, l2: 1e-3 })
 * const { x } = minimize(evaluate, start) // minimize of @thalweg/lbfgs, or another
 * const predictions = applyStacking(x, membersOnOtherRows, { classes: 10 })
 */
export function stackingObjective(
  members: readonly Member[],
  labels: ArrayLike<number>,
  { classes, perClass = false, l2 = 0 }: StackingOptions,
): FitObjective {
  const caller = 'stackingObjective'
  const { tables, rows } = checkMembers(caller, members, classes)
  checkLabels(caller, labels, rows, classes)
  if (!(l2 >= 0 && l2 < Infinity)) throw new RangeError(`${caller}: l2 must be a number in [0, ∞), got ${l2}`)
  const logarithms = tables.map(floored)
  const count = members.length
  const width = perClass ? classes : 1
  const mixed = new Float64Array(classes)
  return {
    start: new Float64Array(count * width).fill(1 / count),
    evaluate(x, gradientOut) {
      gradientOut.fill(0)
      let loss = 0
      for (let row = 0; row < rows; row++) {
        const first = row * classes
        const label = labels[row]
        const logSum = mixRow(mixed, x, logarithms, first)
        loss += logSum - mixed[label]
        for (const [index, logarithm] of logarithms.entries()) {
          for (let k = 0; k < classes; k++) {
            const error = (Math.exp(mixed[k] - logSum) - (k === label ? 1 : 0)) / rows
            gradientOut[index * width + (perClass ? k : 0)] += error * logarithm[first + k]
          }
        }
      }
      let penalty = 0
      for (let index = 0; index < x.length; index++) {
        const distance = x[index] - 1 / count
        penalty += (l2 / 2) * distance * distance
        gradientOut[index] += l2 * distance
      }
      return loss / rows + penalty
    },
  }
}

/**
 * The probabilities that weights found with `stackingObjective` give, [rows, classes]: one weight for each member, or one
 * for each member and class.
 */
export function applyStacking(
  parameters: Float64Array,
  members: readonly Member[],
  { classes }: { readonly classes: number },
): Float64Array {
  const { tables, rows } = checkMembers('applyStacking', members, classes)
  const count = members.length
  if (parameters.length !== count && parameters.length !== count * classes) {
    const allowed = `${count} or ${count * classes} numbers`
    throw new RangeError(`applyStacking: parameters must be ${allowed}, got ${parameters.length}`)
  }
  const wrong = parameters.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) {
    throw new RangeError(`applyStacking: parameters[${wrong}] must be finite, got ${parameters[wrong]}`)
  }
  const logarithms = tables.map(floored)
  const result = new Float64Array(rows * classes)
  for (let first = 0; first < result.length; first += classes) {
    const row = result.subarray(first, first + classes)
    const logSum = mixRow(row, parameters, logarithms, first)
    for (let k = 0; k < classes; k++) row[k] = Math.exp(row[k] - logSum)
  }
  return result
}

function floored(table: Table): Float64Array {
  return Float64Array.from(table, (p) => Math.log(Math.max(p, floor)))
}

/**
 * s = sum_i w_i L_i of the row that begins at `first`, less its largest, written to `out` [classes]; gives log sum exp(s).
 */
function mixRow(
  out: Float64Array,
  weights: Float64Array,
  logarithms: readonly Float64Array[],
  first: number,
): number {
  const perClass = weights.length > logarithms.length
  out.fill(0)
  for (const [index, logarithm] of logarithms.entries()) {
    for (let k = 0; k < out.length; k++) {
      const weight = perClass ? weights[index * out.length + k] : weights[index]
      out[k] += weight * logarithm[first + k]
    }
  }
  let largest = -Infinity
  for (let k = 0; k < out.length; k++) largest = Math.max(largest, out[k])
  let sum = 0
  for (let k = 0; k < out.length; k++) {
    out[k] -= largest
    sum += Math.exp(out[k])
  }
  return Math.log(sum)
}
