import { singleSpace } from './array-space-f32.ts'
import { doubleSpace } from './array-space-f64.ts'
import type { Vector } from './vector.ts'
import type { VectorSpace } from './vector-space.ts'

/** Plain loops over arrays of the type and length of this one. */
export function arraySpaceLike<A extends Vector>(vector: A): VectorSpace<A> {
  const space = vector instanceof Float64Array ? doubleSpace(vector.length) : singleSpace(vector.length)
  return space as unknown as VectorSpace<A>
}
