import type { ScheduleDocument } from '@thalweg/document'
import type { Optimizer } from '@thalweg/optimizers'
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
 * The document's schedule over the optimizer's rate, which is `initial` where the document has none.
 * Throws TypeError for a schedule over a rule that has no learning rate.
 */
export function createLearningRate(document: ScheduleDocument, optimizer: Optimizer): LearningRate {
  // A rule from outside may spell the name in another way.
  const parameter = Object.keys(optimizer.hyperparameters).find((name) => spellings.has(name.toLowerCase()))
  if (parameter === undefined && document.name !== 'constant') {
    throw new TypeError(`schedule ${document.name}: the rule has no learningRate to schedule`)
  }
  const schedule =
    parameter === undefined
      ? () => undefined
      : createSchedule({
          initial: optimizer.hyperparameters[parameter],
          ...withoutUndefined(document),
        } as ScheduleSpec)
  return {
    parameter,
    recorded: undefined,
    at: schedule,
    changed(rate) {
      if (rate === undefined || rate === this.recorded) return {}
      this.recorded = rate
      return { learningRate: rate }
    },
  }
}

const spellings: ReadonlySet<string> = new Set(['learningrate', 'learning_rate', 'lr'])

function withoutUndefined(document: ScheduleDocument): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined))
}
