import type { Precision, Vector } from '../vector.ts'
import type { VectorSpace } from '../vector-space.ts'

/** The numbers of a stochastic L-BFGS method. */
export interface OnlineSettings {
  /** Pairs of steps and gradient changes kept, a whole number in [1, ∞). Default 10. */
  readonly memory: number
  /** eta_0 in (0, ∞). Default 0.1. */
  readonly learningRate: number
  /** tau in (0, ∞], in steps: eta_t = eta_0 tau / (tau + t); ∞: constant. Default 20,000. */
  readonly decaySteps: number
  /** Adds lambda s to y, which makes the model more convex, in [0, ∞). Default 0. */
  readonly lambda: number
  /** H = epsilon I before the first pair, in (0, ∞). Default 1e-10, in f32 1e-4: less would be lost in rounding. */
  readonly epsilon: number
}

export interface OnlineOptions<A extends Vector = Vector> extends Partial<OnlineSettings> {
  /** Where vectors live and what works on them, for the length and type of x0; it must answer at once. Default plain loops. */
  readonly space?: VectorSpace<A>
}

/** So many steps in a row, each half as long as the one before, say that no step will be finite. */
export const maxRejectedInRow = 40

/**
 * Throws TypeError for anything else than an array of either precision; RangeError for a coordinate that is not finite,
 * where it is the start.
 */
export function checkedStart(name: string, x0: Vector, isStart: boolean): Precision {
  if (!(x0 instanceof Float64Array || x0 instanceof Float32Array)) {
    throw new TypeError(`${name}: x0 must be a Float64Array or a Float32Array`)
  }
  for (let i = 0; isStart && i < x0.length; i++) {
    if (!Number.isFinite(x0[i])) throw new RangeError(`${name}: x0[${i}] must be finite, got ${x0[i]}`)
  }
  return x0 instanceof Float64Array ? 'f64' : 'f32'
}

/** The options, for those left out `saved`, else the defaults. Throws RangeError naming what is out of range. */
export function checkedSettings(
  name: string,
  options: Partial<OnlineSettings>,
  precision: Precision,
  saved: Partial<OnlineSettings> = {},
): OnlineSettings {
  const settings: OnlineSettings = {
    memory: options.memory ?? saved.memory ?? 10,
    learningRate: options.learningRate ?? saved.learningRate ?? 0.1,
    decaySteps: options.decaySteps ?? saved.decaySteps ?? 20_000,
    lambda: options.lambda ?? saved.lambda ?? 0,
    epsilon: options.epsilon ?? saved.epsilon ?? (precision === 'f64' ? 1e-10 : 1e-4),
  }
  const { memory, learningRate, decaySteps, lambda, epsilon } = settings
  checkWhole(name, 'memory', memory, 1)
  checkLearningRate(name, learningRate)
  if (!(decaySteps > 0)) throw new RangeError(`${name}: decaySteps must be in (0, ∞], got ${decaySteps}`)
  if (!(lambda >= 0 && lambda < Infinity)) {
    throw new RangeError(`${name}: lambda must be in [0, ∞), got ${lambda}`)
  }
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`${name}: epsilon must be in (0, ∞), got ${epsilon}`)
  }
  return settings
}

export function checkLearningRate(name: string, value: number): void {
  if (value > 0 && value < Infinity) return
  throw new RangeError(`${name}: learningRate must be in (0, ∞), got ${value}`)
}

export function checkWhole(name: string, option: string, value: number, low: number, high = Infinity): void {
  if (Number.isSafeInteger(value) && value >= low && value < high) return
  const end = high === Infinity ? '∞' : String(high)
  throw new RangeError(`${name}: ${option} must be a whole number in [${low}, ${end}), got ${value}`)
}
