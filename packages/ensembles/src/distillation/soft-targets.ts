import {
  checkLogits,
  checkProbabilities,
  checkRows,
  checkWeight,
  normalizedWeights,
  type Table,
} from '../predictions.ts'
import { checkTemperature, softmax } from '../softmax.ts'

/** A teacher's logits [rows, classes]. */
export interface LogitTeacher {
  /** For errors, which otherwise say its place in the list, from 0. */
  readonly name?: string
  /** Its share among several teachers, before their sum is divided out; in [0, ∞). Default 1. */
  readonly weight?: number
  readonly logits: Table
}

/** A teacher's probabilities [rows, classes], which it gives at the temperature of the distillation. */
export interface ProbabilityTeacher extends Omit<LogitTeacher, 'logits'> {
  readonly probabilities: Table
}

export type Teacher = LogitTeacher | ProbabilityTeacher

export interface SoftTargetOptions {
  readonly classes: number
  /** Divides the logits of teachers; in (0, ∞). */
  readonly temperature: number
}

/**
 * What a student is to learn from its teachers: the weighted mean of their probabilities at temperature T, [rows, classes].
 *
 *   q = sum_m w_m q^m,  q^m = softmax(v^m / T)   of a teacher's logits v^m; its probabilities are taken as they are
 *
 * Rows of probabilities that miss the sum 1 by rounding are divided by it. The other mean of Hinton et al., the geometric
 * one, is the softmax of the mean logits: give those as one teacher. Throws TypeError or RangeError naming the teacher and
 * the row. Source: Hinton et al. 2015, arXiv:1503.02531, sections 1 and 2.
 *
 * @example softTargets({ logits: new Float64Array([2, 0]) }, { classes: 2, temperature: 2 }) // [0.731, 0.269]
 */
export function softTargets(
  teachers: Teacher | readonly Teacher[],
  { classes, temperature }: SoftTargetOptions,
): Float64Array {
  return meanTargets('softTargets', teacherList('softTargets', teachers), classes, temperature)
}

/** `softTargets` on behalf of `caller`; of `rows` rows where that is given. */
export function meanTargets(
  caller: string,
  teachers: readonly Teacher[],
  classes: number,
  temperature: number,
  rows?: number,
): Float64Array {
  checkTemperature(caller, temperature)
  const shares = teacherShares(caller, teachers)
  let mean = new Float64Array()
  for (const [index, teacher] of teachers.entries()) {
    const label = teacherLabel(teacher, index)
    const probabilities = targetsOf(caller, label, teacher, classes, temperature)
    const expected = rows ?? (index === 0 ? probabilities.length : mean.length) / classes
    checkRows(caller, label, probabilities.length / classes, expected)
    if (index === 0) mean = new Float64Array(probabilities.length)
    for (let at = 0; at < mean.length; at++) mean[at] += shares[index] * probabilities[at]
  }
  return mean
}

/** One teacher or several, as a list. Throws for none. */
export function teacherList<T extends Teacher>(caller: string, teachers: T | readonly T[]): readonly T[] {
  const list = isList(teachers) ? teachers : [teachers]
  if (list.length === 0) throw new RangeError(`${caller}: teachers must be one or more, got none`)
  return list
}

const isList = <T>(teachers: T | readonly T[]): teachers is readonly T[] => Array.isArray(teachers)

/** The teachers' weights, divided by their sum. */
export function teacherShares(caller: string, teachers: readonly Teacher[]): Float64Array {
  const weights = teachers.map(({ weight = 1 }) => weight)
  for (const [index, weight] of weights.entries()) {
    checkWeight(caller, `the weight of ${teacherLabel(teachers[index], index)}`, weight)
  }
  return normalizedWeights(caller, weights, weights.length)
}

export const teacherLabel = ({ name }: Teacher, index: number): string =>
  name === undefined ? `teacher ${index}` : `teacher '${name}'`

function targetsOf(
  caller: string,
  label: string,
  teacher: Teacher,
  classes: number,
  temperature: number,
): Float64Array {
  if ('logits' in teacher) {
    checkLogits(caller, label, teacher.logits, classes)
    return softmax(teacher.logits, classes, { temperature })
  }
  if (!('probabilities' in teacher)) {
    throw new TypeError(`${caller}: ${label} must have logits or probabilities`)
  }
  checkProbabilities(caller, label, teacher.probabilities, classes)
  const rows = Float64Array.from(teacher.probabilities)
  for (let first = 0; first < rows.length; first += classes) {
    const row = rows.subarray(first, first + classes)
    const sum = row.reduce((total, value) => total + value, 0)
    for (let column = 0; column < classes; column++) row[column] /= sum
  }
  return rows
}
