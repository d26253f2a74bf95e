import type { CurvatureUpdate } from './curvature.ts'

/** None needs setting: what is there is for comparison, for repeatability, and to say when to stop. */
export interface SfoOptions {
  /** Which sub-function comes next, once each has two evaluations. Default 'farthest': see `SfoOrder`. */
  readonly order?: SfoOrder
  /** 'growing' (default) begins with two sub-functions and adds others as they are needed; 'all' with all. */
  readonly start?: 'growing' | 'all'
  /** The quasi-Newton update. Default 'bfgs'. */
  readonly update?: CurvatureUpdate
  /** Pairs kept for each sub-function, a whole number in [1, ∞). Default 10. */
  readonly memory?: number
  /** Of the choices that are drawn, a whole number in [0, 2^32). Default 0. */
  readonly seed?: number
  /** Converged when the gradient of the sum is at most so long, in [0, ∞). Default 1e-6. */
  readonly tolerance?: number
}

/**
 * - `farthest`: the one evaluated farthest from here, in the metric of the sum's Hessian or of its own, drawn by a coin
 * - `cyclic`: one after another
 * - `random`: drawn
 */
type SfoOrder = 'farthest' | 'cyclic' | 'random'

/** The options with their defaults, and the sizes. */
export interface SfoSettings extends Required<SfoOptions> {
  readonly dimension: number
  readonly count: number
}

export function checkedOptions(x0: Float64Array, count: number, options: SfoOptions): SfoSettings {
  const settings: SfoSettings = {
    dimension: x0.length,
    count,
    order: options.order ?? 'farthest',
    start: options.start ?? 'growing',
    update: options.update ?? 'bfgs',
    memory: options.memory ?? 10,
    seed: options.seed ?? 0,
    tolerance: options.tolerance ?? 1e-6,
  }
  checkSettings(settings)
  for (let i = 0; i < x0.length; i++) {
    if (!Number.isFinite(x0[i])) throw new RangeError(`sfo: x0[${i}] must be finite, got ${x0[i]}`)
  }
  return settings
}

/** Throws RangeError naming the option that is out of range. */
export function checkSettings(settings: SfoSettings): void {
  checkWhole('x0.length', settings.dimension, 1, Infinity)
  checkWhole('count', settings.count, 1, Infinity)
  checkWhole('memory', settings.memory, 1, Infinity)
  checkWhole('seed', settings.seed, 0, 2 ** 32)
  checkOneOf('order', settings.order, ['farthest', 'cyclic', 'random'])
  checkOneOf('start', settings.start, ['growing', 'all'])
  checkOneOf('update', settings.update, ['bfgs', 'rank-1'])
  if (!(settings.tolerance >= 0 && settings.tolerance < Infinity)) {
    throw new RangeError(`sfo: tolerance must be in [0, ∞), got ${settings.tolerance}`)
  }
}

function checkWhole(name: string, value: number, low: number, high: number): void {
  if (Number.isSafeInteger(value) && value >= low && value < high) return
  const end = high === Infinity ? '∞' : String(high)
  throw new RangeError(`sfo: ${name} must be a whole number in [${low}, ${end}), got ${value}`)
}

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return
  throw new RangeError(`sfo: ${name} must be one of ${allowed.join(', ')}, got ${value}`)
}
