import { createRunningAverage } from './running-average.ts'
import type { Tensor } from './tensors.ts'

/** Mean and variance of every channel of one normalised layer. */
export interface NormMoments {
  readonly mean: Tensor
  readonly variance: Tensor
}

/** The moments of each normalised layer, by the layer's name. */
export type LayerMoments = Readonly<Record<string, NormMoments>>

/** A cumulative mean of batches' moments. */
export interface NormStatistics {
  /** How many batches it is of. */
  readonly batches: number
  /** Takes a batch's moments. Throws TypeError or RangeError naming what does not fit, is not finite or is negative. */
  add(moments: LayerMoments): void
  /** The mean of the batches' moments, in their precision. Throws where there was no batch. */
  result(): LayerMoments
}

/**
 * The running statistics of batch normalisation measured anew, as averaged weights need: those that training kept belong
 * to other weights.
 *
 *   mean = 1/n sum_b mean_b,  variance = 1/n sum_b variance_b     over n batches b, each with the same weight
 *
 * The caller runs the network in training mode, with the averaged weights, over batches of the training set, and hands over
 * each batch's mean and variance, the variance over (values - 1) where the network's running statistics are so, as
 * PyTorch's. A layer whose share of a batch in the running statistics ("momentum") is 1 leaves just these there. `like`
 * gives names, lengths and precisions. Shapes: mean, variance [channels].
 * Source: PyTorch's torch.optim.swa_utils.update_bn, which sets momentum=None.
 *
 * @example
 * const statistics = createNormStatistics({ norm1: { mean: new Float32Array(8), variance: new Float32Array(8) } })
 * for (const batch of batches) statistics.add({ norm1: forward(averaged, batch).norm1 })
 * statistics.result().norm1.mean // the running mean of norm1
 */
export function createNormStatistics(like: LayerMoments): NormStatistics {
  const owner = 'createNormStatistics'
  const means = createRunningAverage(`${owner}: means`, part('mean', like))
  const variances = createRunningAverage(`${owner}: variances`, part('variance', like))
  let batches = 0

  return {
    get batches() {
      return batches
    },

    add(moments) {
      const taken = { mean: part('mean', moments), variance: part('variance', moments) }
      for (const [name, values] of Object.entries(taken.variance)) {
        const index = values.findIndex((value) => value < 0)
        if (index === -1) continue
        throw new RangeError(
          `add: the variance of '${name}' must be in [0, ∞), got ${values[index]} at ${index}`,
        )
      }
      // Looked through as a whole before either average changes.
      variances.check('add: variances', taken.variance)
      means.take('add: means', taken.mean, 1 / (batches + 1))
      variances.take('add: variances', taken.variance, 1 / (batches + 1))
      batches++
    },

    result() {
      if (batches === 0) throw new RangeError('result: batches must be in [1, ∞), got 0')
      const [mean, variance] = [means.write('result'), variances.write('result')]
      return Object.fromEntries(
        Object.keys(mean).map((name) => [name, { mean: mean[name], variance: variance[name] }] as const),
      )
    },
  }
}

/** `createNormStatistics` over all batches at once. Throws RangeError where there is none. */
export function refreshNormStatistics(batches: Iterable<LayerMoments>): LayerMoments {
  let statistics: NormStatistics | undefined
  for (const moments of batches) {
    statistics ??= createNormStatistics(moments)
    statistics.add(moments)
  }
  if (statistics === undefined) {
    throw new RangeError('refreshNormStatistics: batches must be one or more, got none')
  }
  return statistics.result()
}

const part = (which: keyof NormMoments, layers: LayerMoments): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(Object.entries(layers).map(([name, moments]) => [name, moments[which]] as const))
