import type { Table } from '../predictions.ts'

/** What a forward selection looks at: a loss of predictions, smaller is better. */
export type Loss = (predictions: Table) => number

export interface ForwardSelectionLimits {
  /** The number of best members to start from, or 'best': as many as make the smallest loss. */
  readonly initialCount: number | 'best'
  readonly maxAdditions: number
  readonly patience: number
}

export interface ForwardSelection {
  /** How often each member is in the ensemble, of all members; 0 for those not on offer. */
  readonly counts: Float64Array
  /** The loss of the start, and after each addition. */
  readonly path: readonly number[]
}

/**
 * Adds, with replacement, the member on offer that makes the loss of the mean smallest, until `patience` additions in a row
 * have brought nothing; gives the ensemble of the path's smallest loss. Of equally good members the first is taken.
 */
export function selectForward(
  tables: readonly Table[],
  offered: readonly number[],
  memberLosses: ArrayLike<number>,
  loss: Loss,
  { initialCount, maxAdditions, patience }: ForwardSelectionLimits,
): ForwardSelection {
  const size = tables[offered[0]].length
  const sum = new Float64Array(size)
  const trial = new Float64Array(size)
  const counts = new Float64Array(tables.length)
  let added = 0

  const lossWith = (member: number): number => {
    const table = tables[member]
    for (let at = 0; at < size; at++) trial[at] = (sum[at] + table[at]) / (added + 1)
    return loss(trial)
  }
  const add = (member: number): void => {
    const table = tables[member]
    for (let at = 0; at < size; at++) sum[at] += table[at]
    counts[member]++
    added++
  }

  const sorted = [...offered].sort((a, b) => compare(memberLosses[a], memberLosses[b]))
  const initial = sorted.slice(0, initialCount === 'best' ? bestPrefix(sorted, lossWith, add) : initialCount)
  sum.fill(0)
  counts.fill(0)
  added = 0
  let current = Infinity
  for (const member of initial) {
    current = lossWith(member)
    add(member)
  }

  let best = { loss: current, counts: counts.slice() }
  const path = [current]
  let inVain = 0
  while (path.length <= maxAdditions && inVain < patience) {
    let chosen = offered[0]
    let smallest = Infinity
    for (const member of offered) {
      const candidate = lossWith(member)
      if (candidate < smallest) [chosen, smallest] = [member, candidate]
    }
    add(chosen)
    path.push(smallest)
    if (smallest < best.loss) {
      best = { loss: smallest, counts: counts.slice() }
      inVain = 0
    } else {
      inVain++
    }
  }
  return { counts: best.counts, path }
}

/** How many of the sorted members, from the first on, have the mean of the smallest loss. */
function bestPrefix(
  sorted: readonly number[],
  lossWith: (member: number) => number,
  add: (member: number) => void,
): number {
  let [length, smallest] = [1, Infinity]
  for (const [index, member] of sorted.entries()) {
    const loss = lossWith(member)
    if (loss < smallest) [length, smallest] = [index + 1, loss]
    add(member)
  }
  return length
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
