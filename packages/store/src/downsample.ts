/**
 * Which points of a curve to draw when there are too many: the range of steps is cut into equal buckets, and each
 * keeps its first, smallest, largest and last point, so that no peak is lost. A bucket with NaN keeps its first NaN too.
 * Depends on the points and `points` only.
 *
 * Indices in rising order, about `points` of them (at least 4); undefined where all are to be kept.
 * `steps` are rising; `values` are as many.
 */
export function downsample(
  steps: readonly number[],
  values: readonly number[],
  points: number,
): readonly number[] | undefined {
  if (steps.length <= points) return undefined
  const buckets = Math.max(1, Math.floor(points / keptPerBucket))
  const first = steps[0]
  const span = steps[steps.length - 1] - first + 1
  const bucketOf = (place: number) => Math.floor(((steps[place] - first) * buckets) / span)
  const kept: number[] = []
  for (let from = 0; from < steps.length; ) {
    const bucket = bucketOf(from)
    let end = from + 1
    while (end < steps.length && bucketOf(end) === bucket) end++
    kept.push(...keptOf(values, from, end))
    from = end
  }
  return kept.length === steps.length ? undefined : kept
}

const keptPerBucket = 4

/** Of values[from] to values[end - 1]. */
function keptOf(values: readonly number[], from: number, end: number): readonly number[] {
  let smallest: number | undefined
  let largest: number | undefined
  let notANumber: number | undefined
  for (let place = from; place < end; place++) {
    const value = values[place]
    if (Number.isNaN(value)) {
      notANumber ??= place
      continue
    }
    if (smallest === undefined || value < values[smallest]) smallest = place
    if (largest === undefined || value > values[largest]) largest = place
  }
  const kept = new Set([from, smallest ?? from, largest ?? from, notANumber ?? from, end - 1])
  return [...kept].sort((a, b) => a - b)
}
