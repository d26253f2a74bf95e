/** Mean and spread of a sample. */
export interface SampleStatistics {
  readonly count: number
  readonly mean: number
  /** Sample standard deviation (n - 1); undefined for a single value. */
  readonly standardDeviation: number | undefined
}

/** `0.93`, or `0.93 ± 0.04` over several values; `-` where there is none. */
export function statisticsText(
  statistics: SampleStatistics | undefined,
  format: (value: number) => string,
): string {
  if (statistics === undefined) return '-'
  const { mean, standardDeviation } = statistics
  // The spread around a mean that is no number says nothing.
  if (standardDeviation === undefined || !Number.isFinite(mean)) return format(mean)
  return `${format(mean).replace('%', '')} ± ${format(standardDeviation)}`
}

/** NaN and infinities are values like others: they show in the mean. Undefined for an empty sample. */
export function sampleStatistics(values: readonly number[]): SampleStatistics | undefined {
  const count = values.length
  if (count === 0) return undefined
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count === 1) return { count, mean, standardDeviation: undefined }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { count, mean, standardDeviation: Math.sqrt(squares / (count - 1)) }
}
