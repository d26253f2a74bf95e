import { checkMembers, type Member, normalizedWeights, type Table } from '../predictions.ts'

/** A way to combine members, taken in one at a time; its memory does not grow with their number. */
interface Combination {
  /** Takes in one member of weight > 0; `total` is the sum of the weights so far, this one included. */
  add(table: Table, weight: number, total: number): void
  /** The combined table, [rows, classes], a new array. */
  result(total: number): Float64Array
}

/** Starts a combination of tables of `rows` rows. */
export type Start = (rows: number, classes: number) => Combination

export interface CombinationOptions {
  readonly classes: number
  /** One weight >= 0 for each member; only their ratios matter. Default: all equal. */
  readonly weights?: ArrayLike<number>
}

export interface Combined {
  /** The combined probabilities, [rows, classes]; each row sums to 1. */
  readonly predictions: Float64Array
  /** The members' weights, divided by their sum. */
  readonly weights: Float64Array
}

/** Checks all members, then combines them in their order. */
export function combineMembers(
  caller: string,
  start: Start,
  members: readonly Member[],
  { classes, weights }: CombinationOptions,
): Combined {
  const { tables, rows } = checkMembers(caller, members, classes)
  const normalized = normalizedWeights(caller, weights, tables.length)
  const combination = start(rows, classes)
  let total = 0
  for (const [index, table] of tables.entries()) {
    const weight = weights === undefined ? 1 : weights[index]
    if (weight === 0) continue
    total += weight
    combination.add(table, weight, total)
  }
  return { predictions: combination.result(total), weights: normalized }
}
