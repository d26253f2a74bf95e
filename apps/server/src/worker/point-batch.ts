import { type MetricEvent, type SeriesKey, seriesKeys } from '@thalweg/document'
import type { PointColumns } from './protocol.ts'

/** Points that wait to be reported. */
export interface PointBatch {
  add(event: MetricEvent): void
  /** How many there are. */
  size(): number
  /** All of them; none are left. */
  take(): readonly PointColumns[]
}

export function pointBatch(): PointBatch {
  const columns = new Map<SeriesKey, { readonly steps: number[]; readonly values: number[] }>()
  let size = 0
  return {
    add({ step, values }) {
      for (const key of seriesKeys) {
        const value = values[key]
        if (value === undefined) continue
        let column = columns.get(key)
        if (column === undefined) {
          column = { steps: [], values: [] }
          columns.set(key, column)
        }
        column.steps.push(step)
        column.values.push(value)
        size++
      }
    },
    size: () => size,
    take() {
      const taken = [...columns].map(([key, { steps, values }]) => ({
        key,
        steps: Float64Array.from(steps),
        values: Float64Array.from(values),
      }))
      columns.clear()
      size = 0
      return taken
    },
  }
}
