/** A function to minimise: f at x, whose gradient it writes. It fits any minimiser; nothing in this package minimises. */
export interface FitObjective {
  readonly start: Float64Array
  readonly evaluate: (x: Float64Array, gradientOut: Float64Array) => number
}
