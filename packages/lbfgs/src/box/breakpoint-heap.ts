/**
 * The variables that a ray moves to a bound, by the time they get there: a binary heap built in O(n) on first need, so
 * that a search which ends before the earliest pays for no order. Equal times leave in the order of the variables.
 */
export interface BreakpointHeap {
  readonly size: number
  clear(): void
  /** Only before the first `pop` after `clear`. */
  add(variable: number, time: number): void
  /** The earliest time, Infinity when empty. */
  earliest(): number
  /** Removes the variable of the earliest time and returns it; -1 when empty. */
  pop(): number
}

/** Room for n variables. */
export function createBreakpointHeap(n: number): BreakpointHeap {
  const times = new Float64Array(n)
  const heap = new Int32Array(n)
  let size = 0
  let first = Infinity
  let ordered = false

  function before(a: number, b: number): boolean {
    return times[a] < times[b] || (times[a] === times[b] && a < b)
  }

  function sink(start: number): void {
    const variable = heap[start]
    let hole = start
    for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && before(heap[child + 1], heap[child])) child++
      if (!before(heap[child], variable)) break
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = variable
  }

  return {
    get size() {
      return size
    },
    clear() {
      size = 0
      first = Infinity
      ordered = false
    },
    add(variable, time) {
      times[variable] = time
      heap[size++] = variable
      if (time < first) first = time
    },
    earliest: () => first,
    pop() {
      if (size === 0) return -1
      if (!ordered) for (let i = (size >> 1) - 1; i >= 0; i--) sink(i)
      ordered = true
      const top = heap[0]
      heap[0] = heap[--size]
      if (size > 0) sink(0)
      first = size > 0 ? times[heap[0]] : Infinity
      return top
    },
  }
}
