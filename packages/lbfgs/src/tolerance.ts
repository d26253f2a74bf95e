/** When a minimiser has converged; each is in [0, ∞), and 0 turns the tests of f and x off. */
export interface Tolerance {
  /** On the largest component of the gradient, absolute. */
  readonly gradient: number
  /** On the decrease, relative to |f|. */
  readonly f: number
  /** On steps, relative to max |x_i|. */
  readonly x: number
}
