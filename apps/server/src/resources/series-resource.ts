import { type SeriesResource, toWireNumber } from '@thalweg/client'
import type { Series } from '@thalweg/store'

/** A series as it crosses the wire. */
export function seriesResource({ key, steps, values, sampled }: Series): SeriesResource {
  return { key, steps: [...steps], values: values.map(toWireNumber), sampled }
}
