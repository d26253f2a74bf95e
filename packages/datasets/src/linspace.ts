/** The `index`-th of `count` numbers evenly spaced from `start` to `end`, both included; `start` where count is 1. */
export function linspace(start: number, end: number, count: number, index: number): number {
  return count === 1 ? start : start + ((end - start) * index) / (count - 1)
}
