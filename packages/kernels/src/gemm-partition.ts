/** A run of equal parts. */
export interface Parts {
  readonly size: number
  readonly count: number
}

/** `total` split into as few parts of at most `largest` as there can be, no two of which differ by more than 1. */
export function balancedParts(total: number, largest: number): Parts[] {
  const parts = Math.ceil(total / largest)
  const size = Math.ceil(total / parts)
  const smaller = parts * size - total
  return [
    { size, count: parts - smaller },
    { size: size - 1, count: smaller },
  ].filter(({ count }) => count > 0)
}
