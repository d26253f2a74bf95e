import { blockLength } from './array-space-block.ts'
import type { VectorSpace } from './vector-space.ts'

/** The vector space of f32 arrays: computes in f64 and rounds results. Its loops see no other type of vector. */
export function singleSpace(length: number): VectorSpace<Float32Array> {
  const sum = new Float64Array(Math.min(length, blockLength))
  return {
    epsilon: 2 ** -23,
    create: () => new Float32Array(length),
    copy: (from, to) => to.set(from),
    combine(coefficients, vectors, count, out) {
      if (count === 0) {
        out.fill(0)
        return
      }
      for (let start = 0; start < length; start += blockLength) {
        const size = Math.min(blockLength, length - start)
        const first = count % 2 === 0 ? 2 : 1
        if (first === 1) setTerm(coefficients, vectors, sum, start, size)
        else setTwo(coefficients, vectors, sum, start, size)
        for (let from = first; from < count; from += 2) addTwo(coefficients, vectors, from, sum, start, size)
        for (let i = 0; i < size; i++) out[start + i] = sum[i]
      }
    },
    products(vectors, count, a, b, out) {
      out.fill(0, 0, 2 * count)
      for (let start = 0; start < length; start += blockLength) {
        const end = Math.min(start + blockLength, length)
        for (let index = 0; index < count; index++) {
          addProducts(vectors[index], a, b, out, 2 * index, start, end)
        }
      }
    },
    measure(a, b, out) {
      out[0] = 0
      out[1] = 0
      for (let start = 0; start < length; start += blockLength) {
        addMeasure(a, b, out, start, Math.min(start + blockLength, length))
      }
    },
  }
}

/** sum = the first vector times its coefficient, at the places [start, start + size). */
function setTerm(
  coefficients: Float64Array,
  vectors: readonly Float32Array[],
  sum: Float64Array,
  start: number,
  size: number,
): void {
  const c = coefficients[0]
  const v = vectors[0]
  for (let i = 0; i < size; i++) sum[i] = c * v[start + i]
}

/** sum = the first two vectors, each times its coefficient. */
function setTwo(
  coefficients: Float64Array,
  vectors: readonly Float32Array[],
  sum: Float64Array,
  start: number,
  size: number,
): void {
  const c0 = coefficients[0]
  const c1 = coefficients[1]
  const v0 = vectors[0]
  const v1 = vectors[1]
  for (let i = 0; i < size; i++) {
    const place = start + i
    sum[i] = c0 * v0[place] + c1 * v1[place]
  }
}

/** sum += the two vectors from the place `from` of the list, one after the other. */
function addTwo(
  coefficients: Float64Array,
  vectors: readonly Float32Array[],
  from: number,
  sum: Float64Array,
  start: number,
  size: number,
): void {
  const c0 = coefficients[from]
  const c1 = coefficients[from + 1]
  const v0 = vectors[from]
  const v1 = vectors[from + 1]
  for (let i = 0; i < size; i++) {
    const place = start + i
    sum[i] = sum[i] + c0 * v0[place] + c1 * v1[place]
  }
}

/** out[at …] += v . a, v . b, over the places [start, end); start is even. */
function addProducts(
  v: Float32Array,
  a: Float32Array,
  b: Float32Array,
  out: Float64Array,
  at: number,
  start: number,
  end: number,
): void {
  let va0 = 0
  let va1 = 0
  let vb0 = 0
  let vb1 = 0
  let i = start
  for (const last = end - 1; i < last; i += 2) {
    va0 += v[i] * a[i]
    vb0 += v[i] * b[i]
    va1 += v[i + 1] * a[i + 1]
    vb1 += v[i + 1] * b[i + 1]
  }
  if (i < end) {
    va0 += v[i] * a[i]
    vb0 += v[i] * b[i]
  }
  out[at] += va0 + va1
  out[at + 1] += vb0 + vb1
}

/** out[0] += a . b, out[1] = the larger of it and max |a_i|, NaN if either is, over the places [start, end); start is even. */
function addMeasure(a: Float32Array, b: Float32Array, out: Float64Array, start: number, end: number): void {
  let dot0 = 0
  let dot1 = 0
  let largest = out[1]
  let i = start
  for (const last = end - 1; i < last; i += 2) {
    const a0 = a[i]
    const a1 = a[i + 1]
    dot0 += a0 * b[i]
    dot1 += a1 * b[i + 1]
    const size0 = Math.abs(a0)
    const size1 = Math.abs(a1)
    if (size0 > largest || Number.isNaN(size0)) largest = size0
    if (size1 > largest || Number.isNaN(size1)) largest = size1
  }
  if (i < end) {
    dot0 += a[i] * b[i]
    const size = Math.abs(a[i])
    if (size > largest || Number.isNaN(size)) largest = size
  }
  out[0] += dot0 + dot1
  out[1] = largest
}
