import type { Vector } from '../vector.ts'
import { type Sampling, type SavedMultiBatch, savedSampling } from './multi-batch-state.ts'
import {
  checkedSettings,
  checkedStart,
  checkWhole,
  type OnlineOptions,
  type OnlineSettings,
} from './online-options.ts'
import { type OnlineKind, savedSettings } from './online-state.ts'

export interface MultiBatchOptions<A extends Vector = Vector> extends OnlineOptions<A> {
  /** The number of samples, a whole number in [1, 2^32). */
  readonly count: number
  /** |S_k|, a whole number in [1, count]. */
  readonly batchSize: number
  /** |O_k| / |S_k|, in (0, 0.5] and at least one sample; 'full': every batch twice. Default 0.25. */
  readonly overlap?: number | 'full'
  /** Of the samples that are drawn, a whole number in [0, 2^32). Default 0. */
  readonly seed?: number
}

export interface MultiBatchSettings extends OnlineSettings, Sampling {
  readonly seed: number
}

/** The options with their defaults, or what is saved. Throws RangeError and TypeError naming what is out of range. */
export function checkedMultiBatch<A extends Vector>(
  x0: A,
  options: MultiBatchOptions<A> & { readonly state?: SavedMultiBatch },
): { readonly settings: MultiBatchSettings; readonly kind: OnlineKind } {
  const { count, batchSize, seed = 0, state } = options
  const precision = checkedStart('multiBatch', x0, state === undefined)
  const kind = { algorithm: 'multi-batch-lbfgs', precision, length: x0.length } as const
  checkWhole('multiBatch', 'count', count, 1, 2 ** 32)
  checkWhole('multiBatch', 'batchSize', batchSize, 1, count + 1)
  checkWhole('multiBatch', 'seed', seed, 0, 2 ** 32)
  const overlapSize = overlapOf(options)
  const saved = state && savedSettings(state, kind, options.memory)
  if (state) {
    const sampling = savedSampling(state)
    for (const [name, here] of Object.entries({ count, batchSize, overlapSize })) {
      if (sampling[name as keyof Sampling] === here) continue
      throw new TypeError(`state: ${name} must be ${here}, got ${sampling[name as keyof Sampling]}`)
    }
  }
  const numbers = checkedSettings('multiBatch', options, precision, saved)
  return { settings: { ...numbers, count, batchSize, overlapSize, seed }, kind }
}

function overlapOf({ overlap = 0.25, batchSize }: MultiBatchOptions): number {
  if (overlap === 'full') return batchSize
  const size = Math.max(1, Math.round(overlap * batchSize))
  if (overlap > 0 && overlap <= 0.5 && 2 * size <= batchSize) return size
  throw new RangeError(
    `multiBatch: overlap must be in (0, 0.5] and leave half the batch, or 'full', got ${overlap} of ${batchSize}`,
  )
}
