/** Who can train a flat f32 tensor: ourselves, or a peer. */
export interface Trainer {
  readonly name: string
  /** Empty where the version of V8 is all there is to say. */
  readonly version: string
  /**
   * Makes parameters, gradient and optimizer, and drops those made before; undefined where there is no such optimizer.
   * The hyper-parameters are our defaults.
   */
  setUp(optimizer: string, length: number): Promise<Training | undefined>
  close(): void
}

/** A tensor, its gradient, and the state of its optimizer. */
export interface Training {
  /** Makes `calls` updates and returns the microseconds that took. */
  elapsed(calls: number): number | Promise<number>
  /** The first parameters. */
  first(count: number): readonly number[] | Promise<readonly number[]>
}

/** Where every parameter starts. */
export const startValue = 0.1

export function startParameters(length: number): Float32Array {
  return new Float32Array(length).fill(startValue)
}

export function gradientOf(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => gradientAt(index))
}

/**
 * The gradient, the same at every step: of both signs, never small enough to make a state denormal, and such that
 * nothing overflows in a million steps. `pytorch.py` has the same formula.
 */
function gradientAt(index: number): number {
  return (index % 2 === 0 ? 1 : -1) * (0.01 + 0.0001 * (index % 97))
}
