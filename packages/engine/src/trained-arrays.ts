import type { Weights } from '@thalweg/nn'
import type { OptimizerState } from '@thalweg/optimizers'
import { CheckpointError } from './checkpoint-error.ts'

/**
 * The bytes of everything that training changes, by name, where they lie: a checkpoint copies them out, and a resumed
 * run copies them back.
 */
export function trainedArrays(
  { parameters, statistics }: Weights,
  state: OptimizerState,
): Record<string, Uint8Array> {
  const arrays: Record<string, Uint8Array> = {
    parameters: bytesOf(parameters),
    statistics: bytesOf(statistics),
  }
  for (const [tensor, { vectors, scalars }] of Object.entries(state.tensors)) {
    for (const [name, vector] of Object.entries(vectors)) arrays[`${tensor}.${name}`] = bytesOf(vector)
    for (const [name, value] of Object.entries(scalars)) arrays[`${tensor}.${name}`] = bytesOf(value)
  }
  return arrays
}

/** Puts saved bytes back into parameters and state; throws CheckpointError if they are of another optimizer or size. */
export function restoreArrays(
  saved: {
    readonly optimizer: { readonly name: string; readonly step: number }
    readonly arrays: Record<string, Uint8Array>
  },
  weights: Weights,
  state: OptimizerState,
): void {
  const targets = trainedArrays(weights, state)
  const fits = Object.entries(targets).every(([name, { length }]) => saved.arrays[name]?.length === length)
  if (saved.optimizer.name !== state.optimizer || !fits) {
    throw new CheckpointError('other-run', `its optimizer state is not one of ${state.optimizer}`)
  }
  for (const [name, target] of Object.entries(targets)) target.set(saved.arrays[name])
  state.step = saved.optimizer.step
}

/** An array's bytes, where they lie. */
export function bytesOf(array: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
