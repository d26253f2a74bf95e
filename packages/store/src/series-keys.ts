import { type RecordedKey, type SeriesKey, seriesKeys } from '@thalweg/document'

const summarized: ReadonlySet<string> = new Set(seriesKeys)

/** Whether a run's summary has the series; all others are of single tensors. */
export function isSeriesKey(key: RecordedKey): key is SeriesKey {
  return summarized.has(key)
}
