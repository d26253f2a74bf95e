import { defineMethod } from './define-method.ts'
import type { Vector } from './runtime/tensors.ts'

/**
 * Adafactor: the second moment of a matrix kept as one number a row and one a column.
 *
 *   R <- beta R + (1 - beta) mean over columns of g^2,   C <- beta C + (1 - beta) mean over rows of g^2
 *   V <- R C / mean(R),   U <- g / sqrt(max(V, epsilon1^2)),   1 - beta = t^-decayPower
 *   w <- w - alpha lambda w - max(epsilon2, RMS(w)) min(alpha, 1 / sqrt(t)) U / max(1, RMS(U) / clippingThreshold)
 *
 * alpha `learningRate`, lambda `weightDecay`; R, C from 0; t counts from 1; RMS(w) of w before the decay. A tensor whose
 * shape has one dimension keeps V itself; one of more than two is a matrix of its first dimension by all others.
 * Shapes: w, g [r, c]; R [r], C [c].
 * Source: Shazeer & Stern 2018, arXiv:1804.04235, Algorithms 4 and 5; in PyTorch's form, which floors V instead of
 * adding epsilon1 to g^2.
 * No rule: what it keeps has other lengths than the parameters. Plain loops in f64, two passes over g.
 */
export const adafactor = defineMethod({
  name: 'adafactor',
  source: 'Shazeer & Stern 2018, arXiv:1804.04235, Algorithms 4 and 5',
  hyperparameters: {
    learningRate: 1e-2,
    decayPower: 0.8,
    clippingThreshold: 1,
    epsilon1: 1e-30,
    epsilon2: 1e-3,
    weightDecay: 0,
  },
  ranges: {
    decayPower: { greaterThan: 0 },
    clippingThreshold: { greaterThan: 0 },
    epsilon1: { greaterThan: 0 },
    epsilon2: { atLeast: 0 },
  },
  rule: `
    rows = beta * rows + (1 - beta) * (mean of gradient**2 over each row),      1 - beta = t**-decay_power
    columns = beta * columns + (1 - beta) * (mean of gradient**2 over each column)
    update = gradient / sqrt(max(rows * columns / mean(rows), epsilon1**2))
    step = max(epsilon2, RMS(w)) * min(learning_rate, 1 / sqrt(t))
    w -= learning_rate * weight_decay * w + step * update / max(1, RMS(update) / clipping_threshold)
  `,
  method: {
    slots: 1,
    createVectors(parameter, shape) {
      if (shape.length < 2) return { variance: new Float64Array(parameter.length) }
      const [rows] = shape
      return { rows: new Float64Array(rows), columns: new Float64Array(parameter.length / rows) }
    },
    update({ parameter, gradient, vectors }, step, hyperparameters) {
      const value = (name: string): number => hyperparameters.get(name) ?? Number.NaN
      const rate = value('learningRate')
      const fresh = step ** -value('decayPower')
      const size =
        Math.max(value('epsilon2'), rootMeanSquare(parameter)) * Math.min(rate, 1 / Math.sqrt(step))
      const variance = followSquares(gradient, vectors, fresh, value('epsilon1'))
      const floor = value('epsilon1') ** 2
      const update = (index: number): number => gradient[index] / Math.sqrt(Math.max(variance(index), floor))
      let squares = 0
      for (let index = 0; index < gradient.length; index++) squares += update(index) ** 2
      const scale = size / Math.max(1, Math.sqrt(squares / gradient.length) / value('clippingThreshold'))
      const shrink = 1 - rate * value('weightDecay')
      for (let index = 0; index < parameter.length; index++)
        parameter[index] = shrink * parameter[index] - scale * update(index)
    },
  },
})

/** Moves the averages of squares on, and gives the variance that they stand for at each place. */
function followSquares(
  gradient: Vector,
  vectors: Readonly<Record<string, Vector>>,
  fresh: number,
  epsilon: number,
): (index: number) => number {
  const { variance, rows, columns } = vectors
  if (variance !== undefined) {
    for (let index = 0; index < gradient.length; index++)
      variance[index] += fresh * (gradient[index] ** 2 - variance[index])
    return (index) => variance[index]
  }
  const sums = new Float64Array(columns.length)
  let total = 0
  for (let row = 0; row < rows.length; row++) {
    let sum = 0
    for (let column = 0; column < columns.length; column++) {
      const square = gradient[row * columns.length + column] ** 2
      sum += square
      sums[column] += square
    }
    rows[row] += fresh * (sum / columns.length - rows[row])
    total += rows[row]
  }
  for (let column = 0; column < columns.length; column++)
    columns[column] += fresh * (sums[column] / rows.length - columns[column])
  const mean = Math.max(total / rows.length, epsilon)
  return (index) => {
    const row = Math.floor(index / columns.length)
    return (rows[row] * columns[index - row * columns.length]) / mean
  }
}

function rootMeanSquare(values: Vector): number {
  let squares = 0
  for (let index = 0; index < values.length; index++) squares += values[index] ** 2
  return Math.sqrt(squares / values.length)
}
