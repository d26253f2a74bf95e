/**
 * A sum whose order is fixed however its terms arrive: the binary tree over the indices,
 *
 *   v[0, i] = term i,   v[l + 1, i] = v[l, 2 i] + v[l, 2 i + 1]   (an odd one out moves up as it is).
 *
 * Two terms are added as soon as both are there. Terms that come in order but for w that are late leave at most
 * (w + 1) log2(count) partial sums waiting; the worst order, all even ones first, leaves count / 2.
 */
export interface ReductionTree<T> {
  /** Whether the term has come. */
  has(index: number): boolean
  /** Takes a term. Throws RangeError for an index outside [0, count), or one that has come already. */
  put(index: number, term: T): void
  /** The sum; undefined while terms are missing. */
  readonly sum: T | undefined
  readonly missing: number
  /** Partial sums that wait for their neighbour. */
  readonly waiting: number
}

/** `add` may write into its left argument and keep its right one for other use. */
export function createReductionTree<T>(count: number, add: (left: T, right: T) => T): ReductionTree<T> {
  const come = new Uint8Array(count)
  const waiting: Map<number, T>[] = []
  for (let width = count; width > 1; width = (width + 1) >> 1) waiting.push(new Map())
  let missing = count
  let sum: T | undefined

  return {
    has: (index) => come[index] === 1,
    put(index, term) {
      if (!(Number.isSafeInteger(index) && index >= 0 && index < count)) {
        throw new RangeError(
          `createReductionTree: index must be a whole number in [0, ${count}), got ${index}`,
        )
      }
      if (come[index] === 1) throw new RangeError(`createReductionTree: term ${index} has come already`)
      come[index] = 1
      missing--
      let at = index
      let value = term
      let width = count
      for (const level of waiting) {
        const neighbour = at ^ 1
        if (neighbour < width) {
          const other = level.get(neighbour)
          if (other === undefined) {
            level.set(at, value)
            return
          }
          level.delete(neighbour)
          value = at < neighbour ? add(value, other) : add(other, value)
        }
        at >>= 1
        width = (width + 1) >> 1
      }
      sum = value
    },
    get sum() {
      return sum
    },
    get missing() {
      return missing
    },
    get waiting() {
      return waiting.reduce((total, level) => total + level.size, 0)
    },
  }
}
