import type { RunDocument } from '@thalweg/document'
import { learningRateOf } from '@thalweg/optimizers'
import { createSchedule, type ScheduleSpec } from '@thalweg/schedulers'

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
 * The run's schedule over its optimizer's rate, which is `initial` where the document has none.
 * Throws TypeError for a schedule over a rule that has no learning rate.
 */
export function createLearningRate({ schedule, optimizer }: RunDocument): LearningRate {
  const rate = learningRateOf(optimizer)
  if (rate === undefined && schedule.name !== 'constant') {
    throw new TypeError(`schedule ${schedule.name}: the rule has no learningRate to schedule`)
  }
  return {
    parameter: rate?.name,
    recorded: undefined,
    at: rateAt(schedule, rate?.value),
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
  const given = Object.fromEntries(Object.entries(schedule).filter(([, each]) => each !== undefined))
  return createSchedule({ initial: value, ...given } as ScheduleSpec)
}
