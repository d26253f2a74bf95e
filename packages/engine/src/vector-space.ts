import { createVectorSpace } from '@thalweg/kernels'
import type { VectorSpace } from '@thalweg/lbfgs'
import type { Model } from '@thalweg/nn'

type Vector = Float32Array | Float64Array

/** From so many parameters on SIMD memory is worth its set-up. */
const leastInSimd = 1000

/** Where a solver's vectors of a model's length lie, at most `capacity` of them; plain arrays for small models. */
export function vectorSpaceOf(
  { parameterCount, precision }: Model,
  capacity: number,
): { readonly space?: VectorSpace<Vector> } {
  if (parameterCount < leastInSimd) return {}
  const space =
    precision === 'f32'
      ? createVectorSpace(parameterCount, { precision, capacity })
      : createVectorSpace(parameterCount, { precision, capacity })
  return { space }
}
