import { type MetricEvent, type RecordedKey, seriesKeys } from '@thalweg/document'
import type { PointColumns } from './protocol.ts'

/** A run of more series of single tensors keeps the first ones. */
export const mostTensorSeries = 1000

/** Points that wait to be reported. */
export interface PointBatch {
  add(event: MetricEvent): void
  /** How many there are. */
  size(): number
  /** All of them; none are left. */
  take(): readonly PointColumns[]
  /** How many series were left out, ever. */
  droppedSeries(): number
}

const fixedKeys: ReadonlySet<string> = new Set(seriesKeys)

export function pointBatch(): PointBatch {
  const columns = new Map<RecordedKey, { steps: number[]; values: number[] }>()
  const dropped = new Set<RecordedKey>()
  let tensorSeries = 0
  let size = 0

  /** The column of a series that is new, if there is room for it. */
  function open(key: RecordedKey): { steps: number[]; values: number[] } | undefined {
    if (!fixedKeys.has(key) && ++tensorSeries > mostTensorSeries) {
      dropped.add(key)
      return undefined
    }
    const column = { steps: [], values: [] }
    columns.set(key, column)
    return column
  }

  return {
    add({ step, values }) {
      // The compiler forgets what kind of text the keys are.
      for (const [key, value] of Object.entries(values) as [RecordedKey, number][]) {
        if (dropped.has(key)) continue
        const column = columns.get(key) ?? open(key)
        if (column === undefined) continue
        column.steps.push(step)
        column.values.push(value)
        size++
      }
    },
    size: () => size,
    take() {
      const taken: PointColumns[] = []
      for (const [key, column] of columns) {
        if (column.steps.length === 0) continue
        taken.push({
          key,
          steps: Float64Array.from(column.steps),
          values: Float64Array.from(column.values),
        })
        column.steps = []
        column.values = []
      }
      size = 0
      return taken
    },
    droppedSeries: () => dropped.size,
  }
}
