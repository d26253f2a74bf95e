import { type Plan, squaredPenalty } from '@thalweg/kernels'
import type { Model, Weights } from './model.ts'

/**
 * Appends a penalty on the size of a model's weights: an f64 to be added to the loss, and its gradient, which is added to the
 * weights'. Biases, scales and shifts have none.
 *
 *   penalty = strength / 2 sum w^2,  dw += strength w
 *
 * It follows the backward pass, once in a step, however many threads share the batch. `strength` in [0, ∞), else RangeError.
 */
export function planL2(
  plan: Plan,
  model: Model,
  { parameters, gradient }: Weights,
  strength: number,
  penalty: Float64Array,
): void {
  if (!(strength >= 0 && strength < Infinity)) {
    throw new RangeError(`l2: strength must be in [0, ∞), got ${strength}`)
  }
  const weights = model.tensors.filter(({ init }) => init === 'weights')
  for (const [index, { offset, length }] of weights.entries()) {
    const [w, dw] = [parameters, gradient].map((array) => array.subarray(offset).byteOffset)
    const beta = index === 0 ? 0 : 1
    plan.call(squaredPenalty(model.precision, strength), length, w, dw, beta, penalty.byteOffset)
  }
}
