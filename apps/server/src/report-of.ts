import type { Report } from '@thalweg/store'
import type { Progress } from './worker/protocol.ts'

/** A worker's report as the store takes it: columns become points. */
export function reportOf({ columns, ...rest }: Progress): Report {
  const points = columns.flatMap(({ key, steps, values }) =>
    Array.from(steps, (step, index) => ({ key, step, value: values[index] ?? Number.NaN })),
  )
  return { points, ...rest }
}
