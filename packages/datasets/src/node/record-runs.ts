/** Record numbers in ascending order, and the row that each belongs to. */
export interface SortedRecords {
  readonly records: Float64Array
  readonly rows: Float64Array
}

/** Sorts the records `first + indices[row]` of the first `count` <= 2^22 rows; `first` >= 0, indices >= 0. */
export function sortRecords(indices: Int32Array, count: number, first: number): SortedRecords {
  // Index and row in one number, below 2^53: sorting numbers needs no callback.
  const keys = new Float64Array(count)
  for (let row = 0; row < count; row++) keys[row] = indices[row] * count + row
  keys.sort()
  return {
    records: keys.map((key) => first + Math.floor(key / count)),
    rows: keys.map((key) => key % count),
  }
}

/** Neighbouring records that are read at once. */
export interface Run {
  readonly from: number
  readonly to: number
  /** Where the first of them goes, counted in records from the start of the block. */
  readonly slot: number
}

/**
 * Joins sorted record numbers, from index `start` on, into runs, as many as fit into a block of `capacity` >= 1 records.
 * Records with at most `gap` others between them are joined, and those others read with them; a record may occur several
 * times. Returns the runs, and the index of the first record that found no room.
 */
export function joinRuns(
  records: Float64Array,
  start: number,
  capacity: number,
  gap: number,
): { readonly runs: readonly Run[]; readonly next: number } {
  const runs: Run[] = []
  let next = start
  let slot = 0
  while (next < records.length && slot < capacity) {
    const from = records[next]
    let to = from + 1
    for (next++; next < records.length; next++) {
      const record = records[next]
      if (record - to > gap || slot + record + 1 - from > capacity) break
      to = record + 1
    }
    runs.push({ from, to, slot })
    slot += to - from
  }
  return { runs, next }
}
