import { wholeNumber } from './range.ts'
import { createRunningAverage } from './running-average.ts'
import type { Weights } from './tensors.ts'

/** An exponential moving average of weights. */
export interface MovingAverage<W extends Weights> {
  /** How often `update` was called. */
  readonly updates: number
  /** Takes the weights after a step. Throws TypeError or RangeError for weights that do not fit or are not finite. */
  update(weights: W): void
  /** The average, rounded to the precision of the weights; into `out` where given. Throws before the first update. */
  average(out?: W): W
  /** JSON-safe, exact. */
  save(): SavedMovingAverage
  /** Goes on from a saved state, bit for bit. Throws for one of other weights or another decay, and changes nothing then. */
  restore(saved: SavedMovingAverage): void
}

export interface SavedMovingAverage {
  readonly method: 'movingAverage'
  readonly decay: number
  readonly updates: number
  /** decay^updates, as it was rounded step by step. */
  readonly remaining: number
  readonly tensors: Readonly<Record<string, string>>
}

/**
 * An exponential moving average (EMA) of weights, its start corrected for bias.
 *
 *   a_t = (1 - d) / (1 - d^t) sum_{i=1..t} d^(t-i) w_i
 *
 * d `decay`, in [0, 1); 0.999 by default. This is Adam's correction m_t / (1 - d^t) of m_t = d m_{t-1} + (1 - d) w_t,
 * m_0 = 0, computed as a <- a + (1 - d) / (1 - d^t) (w - a): equal weights give themselves, exactly, at every t. `weights`
 * gives names, lengths and precisions and is not averaged. The average is kept in f64; an update allocates no array.
 * Source: Polyak & Juditsky 1992; the correction Kingma & Ba 2015, arXiv:1412.6980, section 3.
 *
 * @example
 * const ema = createMovingAverage(parameters, { decay: 0.999 })
 * ema.update(parameters) // after each step
 * ema.average()
 */
export function createMovingAverage<W extends Weights>(
  weights: W,
  { decay = 0.999 }: { readonly decay?: number } = {},
): MovingAverage<W> {
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`createMovingAverage: decay must be in [0, 1), got ${decay}`)
  }
  const running = createRunningAverage('createMovingAverage', weights)
  let updates = 0
  let remaining = 1

  return {
    get updates() {
      return updates
    },

    update(weights) {
      const next = remaining * decay
      running.take('update', weights, (1 - decay) / (1 - next))
      remaining = next
      updates++
    },

    average(out) {
      if (updates === 0) throw new RangeError('average: updates must be in [1, ∞), got 0')
      return running.write('average', out)
    },

    save: () => ({ method: 'movingAverage', decay, updates, remaining, tensors: running.save() }),

    restore(saved) {
      if (saved?.method !== 'movingAverage') {
        throw new TypeError('restore: this is no saved moving average')
      }
      if (saved.decay !== decay) throw new RangeError(`restore: decay must be ${decay}, got ${saved.decay}`)
      wholeNumber('restore', 'updates', saved.updates, 0)
      if (!(saved.remaining >= 0 && saved.remaining <= 1)) {
        throw new RangeError(`restore: remaining must be in [0, 1], got ${saved.remaining}`)
      }
      running.restore(saved.tensors)
      updates = saved.updates
      remaining = saved.remaining
    },
  }
}
