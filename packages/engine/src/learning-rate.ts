import { learningRateOf, type RunDocument } from '@thalweg/document'
import { snapshotRate } from '@thalweg/ensembles'
import type { Overrides } from '@thalweg/optimizers'
import { createSchedule, type Schedule } from '@thalweg/schedulers'

/** The learning rate over a run. */
export interface LearningRate {
  /** The optimizer's hyper-parameter that the schedule sets; undefined for a rule without one. */
  readonly parameter: string | undefined
  /** The rate of the update after `completed` others. */
  at(completed: number): number | undefined
  /** The rate as a metric, if it is another than the one recorded last. */
  changed(rate: number | undefined): { readonly learningRate?: number }
  /** The rate recorded last. */
  recorded: number | undefined
}

/**
 * The run's schedule over its optimizer's rate, which is `initial` where the document has none; with snapshots the cosine of
 * their cycles over all steps. Throws TypeError for a schedule over a rule that has no learning rate, RangeError for cycles
 * that do not fit the steps.
 */
export function createLearningRate(document: RunDocument, totalSteps: number): LearningRate {
  const { schedule, optimizer, snapshots } = document
  const rate = learningRateOf(optimizer)
  if (snapshots !== undefined && (rate === undefined || schedule.name !== 'constant')) {
    throw new TypeError('snapshots: need an optimizer with a learning rate and no schedule of their own')
  }
  if (rate === undefined && schedule.name !== 'constant') {
    throw new TypeError(`schedule ${schedule.name}: the rule has no learningRate to schedule`)
  }
  return {
    parameter: rate?.name,
    recorded: undefined,
    at:
      snapshots === undefined || rate === undefined
        ? rateAt(schedule, rate?.value)
        : snapshotRate({ initial: rate.value, steps: totalSteps, cycles: snapshots.cycles }),
    changed(value) {
      if (value === undefined || value === this.recorded) return {}
      this.recorded = value
      return { learningRate: value }
    },
  }
}

function rateAt(schedule: RunDocument['schedule'], value: number | undefined): LearningRate['at'] {
  if (value === undefined || (schedule.name === 'constant' && schedule.initial === undefined))
    return () => value
  return createSchedule(schedule, value)
}

/**
 * What the optimizer's hyper-parameters are in the update after `completed` others: the learning rate that is given, and
 * those that follow schedules of their own, each put over its value in `values`. The record is reused.
 * Throws TypeError for a schedule of what `values` does not have as a number.
 */
export function createOverrides(
  { schedules = {} }: RunDocument,
  rateParameter: string | undefined,
  values: Readonly<Record<string, number | boolean>>,
): (completed: number, rate: number | undefined) => Overrides {
  const overrides: Record<string, number> = {}
  const scheduled = Object.entries(schedules).map(([name, schedule]): [string, Schedule] => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (typeof value !== 'number') {
      throw new TypeError(`schedules: the optimizer has no hyper-parameter "${name}" that is a number`)
    }
    return [name, createSchedule(schedule, value)]
  })
  return (completed, rate) => {
    if (rate !== undefined && rateParameter !== undefined) overrides[rateParameter] = rate
    for (const [name, schedule] of scheduled) overrides[name] = schedule(completed)
    return overrides
  }
}
