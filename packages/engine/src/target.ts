import type { MetricEvent, RunDocument } from '@thalweg/document'

/** Watches for the step at which a metric first reaches what the document asks. */
export interface Target {
  /** The first step that reached it. */
  step: number | undefined
  /** Whether this is the first step that reached it. */
  observe(step: number, values: MetricEvent['values']): boolean
  /** For the event that ends the run. */
  reached(): { readonly targetStep?: number }
}

/** The document's target; without one, nothing is ever reached. */
export function createTarget(target: RunDocument['target']): Target {
  return {
    step: undefined,
    observe(step, values) {
      const value = target === undefined ? undefined : values[target.metric]
      if (target === undefined || value === undefined || this.step !== undefined) return false
      // NaN reaches nothing.
      if (!(value >= (target.atLeast ?? -Infinity) && value <= (target.atMost ?? Infinity))) return false
      this.step = step
      return true
    },
    reached() {
      return this.step === undefined ? {} : { targetStep: this.step }
    },
  }
}
