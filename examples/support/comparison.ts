/** A figure with what theory says of it. */
export interface Figure {
  readonly what: string
  readonly expected: number
  readonly measured: number
  /** The largest absolute difference that is allowed. */
  readonly tolerance: number
}

/** Prints expected and measured side by side; the program exits with 1 when a figure is out of tolerance. */
export function compare(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ what }) => what.length))
  console.log(`${''.padEnd(width)}  ${'expected'.padStart(10)}  ${'measured'.padStart(10)}  tolerance`)
  for (const { what, expected, measured, tolerance } of figures) {
    // Written so that NaN disagrees.
    const agrees = Math.abs(measured - expected) <= tolerance
    if (!agrees) process.exitCode = 1
    const numbers = [expected, measured].map((value) => value.toPrecision(6).padStart(10))
    console.log(`${what.padEnd(width)}  ${numbers.join('  ')}  ${tolerance}${agrees ? '' : '  DISAGREES'}`)
  }
}
