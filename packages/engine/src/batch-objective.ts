import { type BatchGradientParts, createBatchGradient } from './batch-gradient.ts'

/** Loss and gradient of batches at the weights as they are. */
export interface BatchObjective {
  /**
   * Of the first `rows` samples of the input's batch; writes the weights' gradient and returns the mean loss, penalty
   * included. `again`: the batch is that of the call before, with its masks, and running statistics do not count it twice.
   */
  evaluate(rows: number, options?: { readonly again: boolean }): number
  /** The length of the gradient evaluated last. */
  norm(): number
}

/** Each batch size has plans of its own, compiled when it first comes. */
export function createBatchObjective(parts: BatchGradientParts): BatchObjective {
  const { team, batchSizes } = parts
  const gradient = createBatchGradient(parts)
  const passes = new Map<string, () => void>()

  function passOf(rows: number, updatesStatistics: boolean): () => void {
    const key = `${rows} ${updatesStatistics}`
    const known = passes.get(key)
    if (known !== undefined) return known
    if (!batchSizes.includes(rows)) {
      throw new RangeError(`batch objective: rows must be one of ${batchSizes}, got ${rows}`)
    }
    const pass = team.job(gradient.plans(rows, { updatesStatistics }))
    passes.set(key, pass)
    return pass
  }

  return {
    norm: gradient.norm,
    evaluate(rows, { again } = { again: false }) {
      if (!again) gradient.drawMasks(rows)
      passOf(rows, !again)()
      return gradient.loss(rows)
    },
  }
}
