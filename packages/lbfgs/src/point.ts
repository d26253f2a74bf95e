/** A place where the objective was evaluated: what belongs together stays together. */
export interface Point<V> {
  readonly x: V
  /** The gradient of the smooth part there. */
  readonly gradient: V
  /** The objective, its penalty included. */
  f: number
  /** The largest component of the gradient, projected on the bounds, or of the pseudo-gradient. */
  gradientNorm: number
  /** The step along the direction at which it was tried. */
  step: number
  /** The derivative along that direction. */
  slope: number
}
