import type { MetricEvent, RunDocument } from '@thalweg/document'

/** The best measurement so far, and how many have come since. */
export interface EarlyStoppingState {
  readonly best: number | undefined
  readonly since: number
}

/** Ends a run whose metric does not improve any more. */
export interface EarlyStopping {
  state: EarlyStoppingState
  /** Takes what was measured; whether the run is to end. */
  observe(values: MetricEvent['values']): boolean
}

/** As the document says; without a rule, no run ends. */
export function createEarlyStopping(rule: RunDocument['earlyStopping']): EarlyStopping {
  return {
    state: { best: undefined, since: 0 },
    observe(values) {
      const value = rule === undefined ? undefined : values[rule.metric]
      if (rule === undefined || value === undefined) return false
      const { best, since } = this.state
      const gain = best === undefined ? Infinity : rule.metric.endsWith('loss') ? best - value : value - best
      this.state = gain > rule.minimumChange ? { best: value, since: 0 } : { best, since: since + 1 }
      return this.state.since >= rule.patience
    },
  }
}
