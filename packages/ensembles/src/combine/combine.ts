import {
  checkClasses,
  checkProbabilities,
  checkRows,
  checkWeight,
  type Member,
  memberLabel,
  memberTable,
  normalizedWeights,
  rowCount,
} from '../predictions.ts'
import { type CombinationOptions, type Combined, combineMembers, type Start } from './combination.ts'
import { startMajorityVote } from './majority-vote.ts'
import { startMeanLogProbabilities } from './mean-log-probabilities.ts'
import { startMeanProbabilities } from './mean-probabilities.ts'
import { startMeanRank } from './mean-rank.ts'

export type CombinationName = 'meanProbabilities' | 'meanLogProbabilities' | 'majorityVote' | 'meanRank'

const starts: Readonly<Record<CombinationName, Start>> = {
  meanProbabilities: startMeanProbabilities,
  meanLogProbabilities: startMeanLogProbabilities,
  majorityVote: startMajorityVote,
  meanRank: startMeanRank,
}

export interface CombineOptions extends CombinationOptions {
  /** Default 'meanProbabilities'. */
  readonly how?: CombinationName
}

export interface CombinerOptions {
  /** Default 'meanProbabilities'. */
  readonly how?: CombinationName
  readonly classes: number
  readonly rows: number
}

/** Takes members one at a time and holds none of them. */
export interface Combiner {
  /** Takes in a member; `weight` in [0, ∞), default 1. A member that is refused changes nothing. */
  add(member: Member, weight?: number): void
  /** What all members so far give; more may be added afterwards. Throws where none has a weight above 0. */
  result(): Combined
}

/**
 * Combines the probabilities of several models, and gives their weights, which sum to 1.
 *
 * @example combine([{ name: 'a', predictions: a }, { name: 'b', predictions: b }], { classes: 10, weights: [2, 1] })
 */
export function combine(members: readonly Member[], options: CombineOptions): Combined {
  return combineMembers('combine', startOf('combine', options.how), members, options)
}

/**
 * Combines models one at a time, in the memory of one or two tables: the same numbers as `combine`, bit for bit where
 * members come in the same order and within rounding in any other.
 */
export function createCombiner({ how, classes, rows }: CombinerOptions): Combiner {
  const caller = 'createCombiner'
  const start = startOf(caller, how)
  checkClasses(caller, classes)
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw new RangeError(`${caller}: rows must be a whole number in [1, ∞), got ${rows}`)
  }
  const combination = start(rows, classes)
  const weights: number[] = []
  let total = 0
  return {
    add(member, weight = 1) {
      const label = memberLabel(member, weights.length)
      const table = memberTable(member)
      checkWeight(caller, `the weight of ${label}`, weight)
      checkRows(caller, label, rowCount(caller, label, table, classes), rows)
      checkProbabilities(caller, label, table, classes)
      weights.push(weight)
      if (weight === 0) return
      total += weight
      combination.add(table, weight, total)
    },
    result() {
      const normalized = normalizedWeights(caller, weights, weights.length)
      return { predictions: combination.result(total), weights: normalized }
    },
  }
}

function startOf(caller: string, how: CombinationName = 'meanProbabilities'): Start {
  if (!Object.hasOwn(starts, how)) {
    throw new RangeError(`${caller}: how must be one of ${Object.keys(starts).join(', ')}, got ${how}`)
  }
  return starts[how]
}
