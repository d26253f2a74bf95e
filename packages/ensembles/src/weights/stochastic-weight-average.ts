import { wholeNumber } from './range.ts'
import { createRunningAverage } from './running-average.ts'
import type { Weights } from './tensors.ts'

export interface StochasticWeightAverageOptions {
  /** The first step after which the weights are taken, counted from 1; `every` by default. */
  readonly start?: number
  /** The steps from one to the next, such as the length of a cycle of the learning rate; 1 by default. */
  readonly every?: number
}

/** A running mean of the weights that a run comes by. */
export interface StochasticWeightAverage<W extends Weights> {
  /** How often `update` was called. */
  readonly steps: number
  /** How many weights the mean is of. */
  readonly averaged: number
  /** Call it after every step; it says whether these weights were taken. Throws for weights that do not fit or are not finite. */
  update(weights: W): boolean
  /** The mean, rounded to the precision of the weights; into `out` where given. Throws before weights were taken. */
  average(out?: W): W
  /** JSON-safe, exact. */
  save(): SavedStochasticWeightAverage
  /** Goes on from a saved state, bit for bit. Throws for one of other weights or options, and changes nothing then. */
  restore(saved: SavedStochasticWeightAverage): void
}

export interface SavedStochasticWeightAverage {
  readonly method: 'stochasticWeightAverage'
  readonly start: number
  readonly every: number
  readonly steps: number
  readonly tensors: Readonly<Record<string, string>>
}

/**
 * Stochastic weight averaging (SWA): the mean of the weights after steps start, start + every, start + 2 every, ...
 *
 *   a_n = a_{n-1} + (w_n - a_{n-1}) / n
 *
 * Steps are counted from 1. `weights` gives names, lengths and precisions and is not averaged. The mean is kept in f64; an
 * update allocates no array. The statistics of batch normalisation are not averaged but measured anew, under the mean: see
 * `createNormStatistics`. Source: Izmailov et al. 2018, arXiv:1803.05407, algorithm 1.
 *
 * @example
 * const swa = createStochasticWeightAverage(parameters, { start: 3000, every: 100 })
 * swa.update(parameters) // after each step
 * swa.average()
 */
export function createStochasticWeightAverage<W extends Weights>(
  weights: W,
  { every = 1, start = every }: StochasticWeightAverageOptions = {},
): StochasticWeightAverage<W> {
  const owner = 'createStochasticWeightAverage'
  wholeNumber(owner, 'every', every, 1)
  wholeNumber(owner, 'start', start, 1)
  const running = createRunningAverage(owner, weights)
  let steps = 0
  const averagedAfter = (step: number): number => (step < start ? 0 : Math.floor((step - start) / every) + 1)

  return {
    get steps() {
      return steps
    },

    get averaged() {
      return averagedAfter(steps)
    },

    update(weights) {
      const averaged = averagedAfter(steps + 1)
      const isTaken = averaged > averagedAfter(steps)
      if (isTaken) running.take('update', weights, 1 / averaged)
      steps++
      return isTaken
    },

    average(out) {
      if (steps < start) throw new RangeError(`average: steps must be in [${start}, ∞), got ${steps}`)
      return running.write('average', out)
    },

    save: () => ({ method: 'stochasticWeightAverage', start, every, steps, tensors: running.save() }),

    restore(saved) {
      if (saved?.method !== 'stochasticWeightAverage') {
        throw new TypeError('restore: this is no saved stochastic weight average')
      }
      if (saved.start !== start) throw new RangeError(`restore: start must be ${start}, got ${saved.start}`)
      if (saved.every !== every) throw new RangeError(`restore: every must be ${every}, got ${saved.every}`)
      wholeNumber('restore', 'steps', saved.steps, 0)
      running.restore(saved.tensors)
      steps = saved.steps
    },
  }
}
