import { blockLength } from './array-space-block.ts'
import type { VectorSpace } from './vector-space.ts'

/** The vector space of f64 arrays. Its loops see no arrays of another type, which would make each access slower. */
export function doubleSpace(length: number): VectorSpace<Float64Array> {
  // V8 keeps 8 numbers beside their array; more of them are an allocation and a release, which several vectors share.
  const perSlab = length > 8 && length <= 1024 ? 16 : 1
  let slab = new ArrayBuffer(0)
  let taken = perSlab
  return {
    epsilon: 2 ** -52,
    create() {
      if (perSlab === 1) return new Float64Array(length)
      if (taken === perSlab) {
        slab = new ArrayBuffer(8 * length * perSlab)
        taken = 0
      }
      return new Float64Array(slab, 8 * length * taken++, length)
    },
    copy: (from, to) => to.set(from),
    combine(coefficients, vectors, count, out) {
      if (count === 0) {
        out.fill(0)
        return
      }
      // The first group takes what is left over, so that all others are of four.
      const first = ((count - 1) & 3) + 1
      for (let start = 0; start < length; start += blockLength) {
        const end = Math.min(start + blockLength, length)
        setSum(coefficients, vectors, first, out, start, end)
        for (let from = first; from < count; from += 4) addFour(coefficients, vectors, from, out, start, end)
      }
    },
    products(vectors, count, a, b, out) {
      out.fill(0, 0, 2 * count)
      for (let start = 0; start < length; start += blockLength) {
        const end = Math.min(start + blockLength, length)
        let index = 0
        for (; index < count - 1; index += 2) {
          addProductsOfTwo(vectors[index], vectors[index + 1], a, b, out, 2 * index, start, end)
        }
        if (index < count) addProductsOfOne(vectors[index], a, b, out, 2 * index, start, end)
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

/** out = the sum of the first one to four vectors, each times its coefficient. */
function setSum(
  coefficients: Float64Array,
  vectors: readonly Float64Array[],
  count: number,
  out: Float64Array,
  start: number,
  end: number,
): void {
  const c0 = coefficients[0]
  const c1 = coefficients[1]
  const c2 = coefficients[2]
  const c3 = coefficients[3]
  const v0 = vectors[0]
  const v1 = vectors[1]
  const v2 = vectors[2]
  const v3 = vectors[3]
  if (count === 1) for (let i = start; i < end; i++) out[i] = c0 * v0[i]
  else if (count === 2) for (let i = start; i < end; i++) out[i] = c0 * v0[i] + c1 * v1[i]
  else if (count === 3) for (let i = start; i < end; i++) out[i] = c0 * v0[i] + c1 * v1[i] + c2 * v2[i]
  else for (let i = start; i < end; i++) out[i] = c0 * v0[i] + c1 * v1[i] + c2 * v2[i] + c3 * v3[i]
}

/** out += the four vectors from the place `from` of the list, one after the other. */
function addFour(
  coefficients: Float64Array,
  vectors: readonly Float64Array[],
  from: number,
  out: Float64Array,
  start: number,
  end: number,
): void {
  const c0 = coefficients[from]
  const c1 = coefficients[from + 1]
  const c2 = coefficients[from + 2]
  const c3 = coefficients[from + 3]
  const v0 = vectors[from]
  const v1 = vectors[from + 1]
  const v2 = vectors[from + 2]
  const v3 = vectors[from + 3]
  for (let i = start; i < end; i++) {
    out[i] = out[i] + c0 * v0[i] + c1 * v1[i] + c2 * v2[i] + c3 * v3[i]
  }
}

/** out[at …] += v . a, v . b, w . a, w . b, over the places [start, end); start is even. */
function addProductsOfTwo(
  v: Float64Array,
  w: Float64Array,
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  at: number,
  start: number,
  end: number,
): void {
  let va0 = 0
  let va1 = 0
  let vb0 = 0
  let vb1 = 0
  let wa0 = 0
  let wa1 = 0
  let wb0 = 0
  let wb1 = 0
  let i = start
  for (const last = end - 1; i < last; i += 2) {
    const a0 = a[i]
    const b0 = b[i]
    const v0 = v[i]
    const w0 = w[i]
    va0 += v0 * a0
    vb0 += v0 * b0
    wa0 += w0 * a0
    wb0 += w0 * b0
    const a1 = a[i + 1]
    const b1 = b[i + 1]
    const v1 = v[i + 1]
    const w1 = w[i + 1]
    va1 += v1 * a1
    vb1 += v1 * b1
    wa1 += w1 * a1
    wb1 += w1 * b1
  }
  if (i < end) {
    va0 += v[i] * a[i]
    vb0 += v[i] * b[i]
    wa0 += w[i] * a[i]
    wb0 += w[i] * b[i]
  }
  out[at] += va0 + va1
  out[at + 1] += vb0 + vb1
  out[at + 2] += wa0 + wa1
  out[at + 3] += wb0 + wb1
}

/** out[at …] += v . a, v . b, over the places [start, end); start is even. */
function addProductsOfOne(
  v: Float64Array,
  a: Float64Array,
  b: Float64Array,
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
function addMeasure(a: Float64Array, b: Float64Array, out: Float64Array, start: number, end: number): void {
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
