import { checkLogits, checkRows, type Table } from '../predictions.ts'
import { type LogitTeacher, teacherLabel, teacherList, teacherShares } from './soft-targets.ts'

export interface LogitMatchingOptions {
  /** The student's, [rows, classes]. */
  readonly logits: Table
  /** One or several; of several the weighted mean of their logits counts. */
  readonly teacher: LogitTeacher | readonly LogitTeacher[]
  readonly classes: number
}

export interface LogitMatching {
  readonly loss: number
  /** By the student's logits, [rows, classes]. */
  readonly gradient: Float64Array
}

/**
 * What distillation with soft targets alone becomes as the temperature grows: the student's logits z match the teachers' v,
 * but for what is added to a whole row, which no probability sees.
 *
 *   d_j = (z_j - v_j) - mean_k (z_k - v_k)
 *   loss = mean over rows of  1 / (2 classes) sum_j d_j^2   = lim T^2 KL(q || p^T),  T -> infinity
 *   dz_j = d_j / classes / rows                             = (z_j - v_j) / classes / rows   for rows of mean 0
 *
 * Throws TypeError or RangeError for tables that do not fit, naming the teacher and the row.
 * Source: Hinton et al. 2015, arXiv:1503.02531, section 2.1.
 *
 * @example
 * const [logits, teacher] = [new Float64Array([1, 0, -1]), { logits: new Float64Array([3, -1, -2]) }]
 * logitMatching({ logits, teacher, classes: 3 }).gradient // [-2/3, 1/3, 1/3]
 */
export function logitMatching({ logits, teacher, classes }: LogitMatchingOptions): LogitMatching {
  const caller = 'logitMatching'
  const rows = checkLogits(caller, 'logits', logits, classes)
  const teachers = teacherList(caller, teacher)
  const shares = teacherShares(caller, teachers)
  const difference = Float64Array.from(logits)
  for (const [index, each] of teachers.entries()) {
    const label = teacherLabel(each, index)
    checkRows(caller, label, checkLogits(caller, label, each.logits, classes), rows)
    for (let at = 0; at < difference.length; at++) difference[at] -= shares[index] * each.logits[at]
  }
  let loss = 0
  for (let first = 0; first < difference.length; first += classes) {
    const row = difference.subarray(first, first + classes)
    const mean = row.reduce((sum, value) => sum + value, 0) / classes
    for (let column = 0; column < classes; column++) {
      const centred = row[column] - mean
      loss += centred ** 2
      row[column] = centred / classes / rows
    }
  }
  return { loss: loss / (2 * classes * rows), gradient: difference }
}
