/** A recorded quantity: values at rising steps. */
export interface Curve {
  readonly steps: readonly number[]
  readonly values: readonly number[]
}

/** The first and last step that a drawing shows. */
export interface StepRange {
  readonly first: number
  readonly last: number
}

/**
 * The curve's value at `columns` steps spread evenly over a range, both ends included: linear between recorded
 * points, undefined before the first and after the last one. Nothing is averaged.
 */
export function resample(
  { steps, values }: Curve,
  { first, last }: StepRange,
  columns: number,
): readonly (number | undefined)[] {
  let next = 0
  return Array.from({ length: columns }, (_, column) => {
    const step = columns === 1 ? last : first + (column * (last - first)) / (columns - 1)
    while (next < steps.length && (steps[next] ?? 0) < step) next++
    const right = steps[next]
    const left = steps[next - 1]
    if (right === undefined) return undefined
    if (right === step || left === undefined) return right === step ? values[next] : undefined
    const weight = (step - left) / (right - left)
    return (1 - weight) * (values[next - 1] ?? Number.NaN) + weight * (values[next] ?? Number.NaN)
  })
}

/** The mean of the last `window` recorded values at each point; fewer at the start. */
export function smooth({ steps, values }: Curve, window: number): Curve {
  return {
    steps,
    values: values.map((_, index) => {
      const recent = values.slice(Math.max(0, index - window + 1), index + 1)
      return recent.reduce((sum, value) => sum + value, 0) / recent.length
    }),
  }
}
