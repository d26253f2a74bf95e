/** What ends a run between evaluations. */
export interface OnlineLimits {
  /** Gradients at most, in passes over the data, in (0, ∞]; never exceeded. Default 100. */
  readonly maxPasses?: number
  /** Evaluations at most, in (0, ∞]; never exceeded. Default ∞. */
  readonly maxEvaluations?: number
  /** Milliseconds of `now` at most, in (0, ∞]; exceeded by one evaluation at most. Default ∞. */
  readonly maxTimeMs?: number
  /** The clock that `maxTimeMs` needs, such as `performance.now`. */
  readonly now?: () => number
  /** Looked at before every evaluation. */
  readonly signal?: { readonly aborted: boolean }
}

export type LimitStatus = 'max-passes' | 'max-evaluations' | 'max-time' | 'aborted'

/**
 * The reason not to evaluate once more, if there is one: of the data, `used` parts were evaluated, and `next` would be
 * now; `perPass` parts are a pass. Throws RangeError for limits out of range, TypeError for a time limit without clock.
 */
export function limitOf(
  name: string,
  options: OnlineLimits,
  perPass: number,
): (evaluations: number, used: number, next: number) => LimitStatus | undefined {
  const { maxPasses = 100, maxEvaluations = Infinity, maxTimeMs = Infinity, now, signal } = options
  for (const [limit, value] of Object.entries({ maxPasses, maxEvaluations, maxTimeMs })) {
    if (!(value > 0)) throw new RangeError(`${name}: ${limit} must be in (0, ∞], got ${value}`)
  }
  if (maxTimeMs < Infinity && now === undefined) throw new TypeError(`${name}: maxTimeMs needs the clock now`)
  const begun = now?.() ?? 0
  return (evaluations, used, next) => {
    if (signal?.aborted === true) return 'aborted'
    if (evaluations + 1 > maxEvaluations) return 'max-evaluations'
    if (used + next > maxPasses * perPass) return 'max-passes'
    if (maxTimeMs < Infinity && now !== undefined && now() - begun >= maxTimeMs) return 'max-time'
    return undefined
  }
}
