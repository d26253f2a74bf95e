import { requireInRange } from '../parameter-range.ts'
import type { LineSearchOutcome } from './line-search.ts'

/** What every search keeps about the line and its trials; part of its state. */
export type TrialRecord = {
  /** phi(0) and phi'(0). */
  startValue: number
  startSlope: number
  /** The largest step, finite. */
  stepMax: number
  /** The step to try next, or the answer. */
  step: number
  trials: number
  /** The shortest step whose value or slope was not finite; Infinity: none. No later trial reaches it. */
  wall: number
  /** Whether some trial was finite. */
  finite: boolean
  /** The finite step of lowest value, 0 while none is lower than phi(0). */
  bestStep: number
  bestValue: number
}

/** The record before any search. */
export const emptyRecord: TrialRecord = {
  startValue: 0,
  startSlope: 0,
  stepMax: 0,
  step: 0,
  trials: 0,
  wall: Infinity,
  finite: false,
  bestStep: 0,
  bestValue: 0,
}

/** Empties the record for a search from phi(0) = `value`, phi'(0) = `slope`. Throws RangeError for what cannot be a start. */
export const beginRecord = (
  search: string,
  record: TrialRecord,
  value: number,
  slope: number,
  step: number,
  stepMax: number,
): void => {
  requireInRange(search, 'value', value, -Infinity, Infinity, '()')
  requireInRange(search, 'slope', slope, -Infinity, 0, '()')
  requireInRange(search, 'stepMax', stepMax, 0, Infinity, '(]')
  requireInRange(search, 'step', step, 0, Math.min(stepMax, Number.MAX_VALUE), '(]')
  record.startValue = value
  record.startSlope = slope
  record.stepMax = Math.min(stepMax, Number.MAX_VALUE)
  record.step = step
  record.trials = 0
  record.wall = Infinity
  record.finite = false
  record.bestStep = 0
  record.bestValue = value
}

/** Counts the trial at `record.step`; false if it is not finite, which moves the wall there. */
export const recordTrial = (record: TrialRecord, value: number, slope: number): boolean => {
  record.trials++
  if (!Number.isFinite(value) || !Number.isFinite(slope)) {
    record.wall = Math.min(record.wall, record.step)
    return false
  }
  record.finite = true
  if (value < record.bestValue) {
    record.bestStep = record.step
    record.bestValue = value
  }
  return true
}

/** The trial after a rejected one: a quarter of the way there from `from`, a finite step below it. */
export const withdraw = (from: number, rejected: number): number => from + 0.25 * (rejected - from)

/** Ends a search with the best step; without one finite trial the reason is `non-finite`. */
export const giveUp = (record: TrialRecord, reason: 'rounding' | 'trials'): LineSearchOutcome => {
  record.step = record.bestStep
  return record.finite ? reason : 'non-finite'
}

/** Goes on with a trial at `next`, unless that is not `inside` of what is left or the trials are used up. */
export const proceed = (
  record: TrialRecord,
  next: number,
  inside: boolean,
  maxTrials: number,
): LineSearchOutcome => {
  if (!inside) return giveUp(record, 'rounding')
  if (record.trials >= maxTrials) return giveUp(record, 'trials')
  record.step = next
  return 'continue'
}
