import { fromWireNumber, type RunResource } from '@thalweg/client'
import type { SeriesKey } from '@thalweg/document'

/** The newest value of a series of a run; undefined where it has none yet. */
export function lastValue(run: Pick<RunResource, 'metrics'>, key: SeriesKey): number | undefined {
  const metric = run.metrics[key]
  return metric === undefined ? undefined : fromWireNumber(metric.last)
}
