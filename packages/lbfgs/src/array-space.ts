import { singleSpace } from './array-space-f32.ts'
import { doubleSpace } from './array-space-f64.ts'
import { requireCount } from './parameter-range.ts'
import type { VectorSpace } from './vector-space.ts'

/**
 * The default vector space: arrays of `length` numbers and plain loops; all arithmetic is f64, and f32 rounds results.
 * Its vectors are any arrays of that type and length. Throws RangeError for a length that is no whole number.
 */
export function arraySpace(length: number, precision?: 'f64'): VectorSpace<Float64Array>
export function arraySpace(length: number, precision: 'f32'): VectorSpace<Float32Array>
export function arraySpace(
  length: number,
  precision?: 'f64' | 'f32',
): VectorSpace<Float64Array> | VectorSpace<Float32Array>
export function arraySpace(
  length: number,
  precision: 'f64' | 'f32' = 'f64',
): VectorSpace<Float64Array> | VectorSpace<Float32Array> {
  requireCount('arraySpace', 'length', length, 0)
  if (precision === 'f64') return doubleSpace(length)
  if (precision === 'f32') return singleSpace(length)
  throw new RangeError(`arraySpace: precision must be 'f64' or 'f32', got '${String(precision)}'`)
}
