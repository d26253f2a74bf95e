import type { LineSearchOutcome, LineSearchState } from './line-search.ts'

/** What every search keeps about its trials; part of its state. */
export type TrialRecord = {
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
  step: 0,
  trials: 0,
  wall: Number.POSITIVE_INFINITY,
  finite: false,
  bestStep: 0,
  bestValue: 0,
}

/** Empties the record for a search from phi(0) = `value`; `step` is the first trial. */
export const beginRecord = (record: TrialRecord, value: number, step: number): void => {
  record.step = step
  record.trials = 0
  record.wall = Number.POSITIVE_INFINITY
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

/** Copies a saved state over `state`; throws a TypeError where a field is missing or of another type. */
export const restoreInto = (search: string, state: Record<string, unknown>, saved: LineSearchState): void => {
  for (const key of Object.keys(state)) {
    if (typeof saved[key] !== typeof state[key])
      throw new TypeError(
        `${search}: restore: ${key} must be a ${typeof state[key]}, got ${String(saved[key])}`,
      )
  }
  for (const key of Object.keys(state)) state[key] = saved[key]
}
