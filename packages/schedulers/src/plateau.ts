/** Options of `plateau`; the defaults are PyTorch's. */
export interface PlateauOptions {
  /** The value before any reduction; > 0. */
  readonly initial: number
  /** Whether the metric is to fall or to rise. Default 'min'. */
  readonly mode?: 'min' | 'max'
  /** What the value is multiplied by; in (0, 1). Default 0.1. */
  readonly factor?: number
  /** Bad metrics that are let pass: the value falls at number patience + 1 in a row. Default 10. */
  readonly patience?: number
  /** By how much a metric must beat the best one; >= 0. Default 1e-4. */
  readonly threshold?: number
  /** Whether `threshold` is a fraction of the best metric or in its unit. Default 'relative'. */
  readonly thresholdMode?: 'relative' | 'absolute'
  /** Metrics after a reduction of which none counts as bad. Default 0. */
  readonly cooldown?: number
  /** What the value does not fall below; >= 0. Default 0. */
  readonly minimum?: number
  /** A reduction by this or less is left out; >= 0. Default 1e-8. */
  readonly epsilon?: number
}

/** Where a plateau reducer stands: plain data that survives JSON. */
export interface PlateauState {
  /** The value now, such as the learning rate. */
  readonly value: number
  /** The best metric so far; JSON has no infinities, and before the first metric the best is one. */
  readonly best: number | 'Infinity' | '-Infinity'
  /** Bad metrics in a row. */
  readonly bad: number
  /** Metrics of the cooldown still to come. */
  readonly cooldown: number
}

/** A plateau reducer: a start, and a pure function from a state and a metric to the next state. */
export interface Plateau {
  readonly start: PlateauState
  next(state: PlateauState, metric: number): PlateauState
}

/**
 * Reduces a value when a metric has stopped improving.
 *
 *   better:  metric < best (1 - threshold)   relative, mode min;   metric < best - threshold   absolute, mode min
 *            metric > best (1 + threshold)   relative, mode max;   metric > best + threshold   absolute, mode max
 *   value <- max(factor value, minimum)   when more than `patience` metrics in a row were not better
 *
 * Feed one metric a measurement, such as the validation loss of each epoch. NaN is never better. A relative threshold
 * is meant for metrics above 0: where the best is negative, PyTorch's rule, which this is, takes slightly worse for better.
 * Source: PyTorch's ReduceLROnPlateau.
 *
 * @example
 * const { start, next } = plateau({ initial: 0.1, factor: 0.5, patience: 1 })
 * const state = [3, 2, 2, 2].reduce(next, start)
 * state.value // 0.05
 */
export function plateau(options: PlateauOptions): Plateau {
  const {
    initial,
    mode = 'min',
    factor = 0.1,
    patience = 10,
    threshold = 1e-4,
    thresholdMode = 'relative',
    cooldown = 0,
    minimum = 0,
    epsilon = 1e-8,
  } = options
  const nonNegative = (value: number) => value >= 0 && value < Infinity
  const count = (value: number) => Number.isSafeInteger(value) && value >= 0
  check('initial', initial, initial > 0 && initial < Infinity, 'in (0, ∞)')
  check('factor', factor, factor > 0 && factor < 1, 'in (0, 1)')
  check('patience', patience, count(patience), 'a whole number in [0, ∞)')
  check('threshold', threshold, nonNegative(threshold), 'in [0, ∞)')
  check('cooldown', cooldown, count(cooldown), 'a whole number in [0, ∞)')
  check('minimum', minimum, nonNegative(minimum), 'in [0, ∞)')
  check('epsilon', epsilon, nonNegative(epsilon), 'in [0, ∞)')
  checkOneOf('mode', mode, ['min', 'max'])
  checkOneOf('thresholdMode', thresholdMode, ['relative', 'absolute'])

  function isBetter(metric: number, best: number): boolean {
    if (Number.isNaN(metric)) return false
    if (mode === 'min') {
      return metric < (thresholdMode === 'relative' ? best * (1 - threshold) : best - threshold)
    }
    return metric > (thresholdMode === 'relative' ? best * (1 + threshold) : best + threshold)
  }

  function reduced(value: number): number {
    const next = Math.max(value * factor, minimum)
    return value - next > epsilon ? next : value
  }

  return {
    start: { value: initial, best: mode === 'min' ? 'Infinity' : '-Infinity', bad: 0, cooldown: 0 },

    next(state, metric) {
      const better = isBetter(metric, Number(state.best))
      const best = better ? jsonNumber(metric) : state.best
      // None counts during the cooldown, nor does the one that ends it.
      const bad = better || state.cooldown > 0 ? 0 : state.bad + 1
      if (bad > patience) return { value: reduced(state.value), best, bad: 0, cooldown }
      return { value: state.value, best, bad, cooldown: Math.max(state.cooldown - 1, 0) }
    },
  }
}

function jsonNumber(value: number): PlateauState['best'] {
  if (value === Infinity) return 'Infinity'
  return value === -Infinity ? '-Infinity' : value
}

function check(name: string, value: number, inRange: boolean, range: string): void {
  if (typeof value !== 'number' || !inRange)
    throw new RangeError(`plateau: ${name} must be ${range}, got ${value}`)
}

function checkOneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return
  throw new TypeError(
    `plateau: ${name} must be ${known.map((each) => `'${each}'`).join(' or ')}, got ${value}`,
  )
}
