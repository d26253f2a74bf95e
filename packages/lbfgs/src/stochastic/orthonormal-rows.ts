/**
 * Rows that are added one by one and made orthonormal: a vector that points less than `tolerance` of its length out of
 * the span of the rows so far adds none. Gram-Schmidt, repeated while a pass cancels most of the vector.
 *
 * Shapes: rows [capacity, stride], of which the first `count` rows and `length` columns are in use.
 */
export interface OrthonormalRows {
  readonly rows: Float64Array
  readonly stride: number
  count: number
}

export function createOrthonormalRows(capacity: number, stride: number): OrthonormalRows {
  return { rows: new Float64Array(capacity * stride), stride, count: 0 }
}

const tolerance = 1e-13
const maxPasses = 3

/** Adds source[offset ... offset + length); false if it adds no row. */
export function addRow(
  basis: OrthonormalRows,
  source: Float64Array,
  offset: number,
  length: number,
): boolean {
  const { rows, stride, count } = basis
  const target = count * stride
  const size = norm(source, offset, length)
  if (!(size > 0 && size < Infinity) || target + length > rows.length) return false
  for (let k = 0; k < length; k++) rows[target + k] = source[offset + k] / size
  let total = 1
  for (let pass = 0; pass < maxPasses; pass++) {
    for (let row = 0; row < count * stride; row += stride) {
      let dot = 0
      for (let k = 0; k < length; k++) dot += rows[row + k] * rows[target + k]
      for (let k = 0; k < length; k++) rows[target + k] -= dot * rows[row + k]
    }
    const left = norm(rows, target, length)
    total *= left
    if (!(total > tolerance)) return false
    for (let k = 0; k < length; k++) rows[target + k] /= left
    if (left > 0.5) break
  }
  basis.count++
  return true
}

function norm(vector: Float64Array, offset: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += vector[offset + k] ** 2
  return Math.sqrt(sum)
}
