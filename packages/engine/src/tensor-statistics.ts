import type { RunDocument, TensorSeriesKey } from '@thalweg/document'
import type { Model, Weights } from '@thalweg/nn'

/** Norms of every tensor, of its gradient and of its update, at the steps that are asked for. */
export interface TensorStatistics {
  /** Before the update that makes `completed` steps: keeps the weights if that step is measured. */
  before(completed: number): void
  /** After it: what was measured, if it was. */
  after(completed: number): Readonly<Record<TensorSeriesKey, number>> | undefined
}

/** As the document asks; without a wish, nothing is measured. */
export function createTensorStatistics(
  model: Model,
  { parameters, gradient }: Weights,
  wish: RunDocument['tensorStatistics'],
): TensorStatistics {
  const kept = wish === undefined ? undefined : parameters.slice()
  const isMeasured = (completed: number): boolean => wish !== undefined && completed % wish.every === 0

  function norms(before: Float32Array | Float64Array): Record<TensorSeriesKey, number> {
    const values: Record<TensorSeriesKey, number> = {}
    for (const { name, offset, length } of model.tensors) {
      let [squares, gradients, updates] = [0, 0, 0]
      for (let index = offset; index < offset + length; index++) {
        squares += parameters[index] ** 2
        gradients += gradient[index] ** 2
        updates += (parameters[index] - before[index]) ** 2
      }
      values[`${name}.norm`] = Math.sqrt(squares)
      values[`${name}.gradientNorm`] = Math.sqrt(gradients)
      values[`${name}.updateNorm`] = Math.sqrt(updates)
    }
    return values
  }

  return {
    before(completed) {
      if (isMeasured(completed)) kept?.set(parameters)
    },
    after: (completed) => (kept !== undefined && isMeasured(completed) ? norms(kept) : undefined),
  }
}
