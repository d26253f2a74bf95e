import { addRow, createOrthonormalRows } from './orthonormal-rows.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/**
 * The Hessian that a few pairs (s, y) of position and gradient differences make for one sub-function:
 *
 *   B = beta I + sum_c signs[c] b_c b_c'
 *
 * beta is the smallest singular value of the least-squares map from s to y, at least 1e-8 of the largest; the pairs
 * are then applied from the oldest to the newest, and eigenvalues of B below 1e-8 of its largest are replaced by the
 * median of the positive ones. A pair with s'y < 0 is used like any other: it is the replacement that keeps B positive.
 *
 *   bfgs     B <- B + y y' / s'y - B s s' B / s'B s
 *   rank-1   B <- B + r r' / s'r,   r = y - B s
 *
 * Source: Sohl-Dickstein, Poole & Ganguli 2014, arXiv:1311.2115, with a sign for each column in place of complex
 * columns.
 */
export interface Curvature {
  /** beta, and the largest singular value. */
  smallest: number
  largest: number
  /** The number of columns written. */
  columns: number
  /**
   * Fits B. `s`, `y` [pairs, stride] begin at `offset`, newest first, `length` numbers in use; columns go to
   * `out` [2 memory, stride] from `outOffset`, signs to `signs` from `signOffset`. `fallback` is beta where the pairs
   * show none.
   */
  fit(pairs: Pairs, target: Columns, length: number, fallback: number): void
}

interface Pairs {
  readonly s: Float64Array
  readonly y: Float64Array
  readonly offset: number
  readonly count: number
}

interface Columns {
  readonly columns: Float64Array
  readonly offset: number
  readonly signs: Float64Array
  readonly signOffset: number
}

export type CurvatureUpdate = 'bfgs' | 'rank-1'

/** The smallest eigenvalue kept, as a part of the largest. */
const spread = 1e-8

export function createCurvature(memory: number, stride: number, update: CurvatureUpdate): Curvature {
  const span = createOrthonormalRows(2 * memory, stride)
  const width = 2 * memory
  const s = new Float64Array(memory * width)
  const y = new Float64Array(memory * width)
  const map = new Float64Array(memory * width)
  const square = new Float64Array(width * width)
  const values = new Float64Array(width)
  const vectors = new Float64Array(width * width)
  const product = new Float64Array(width)

  const fitted: Curvature = { smallest: 0, largest: 0, columns: 0, fit }
  return fitted

  function fit(pairs: Pairs, target: Columns, length: number, fallback: number): void {
    const leaders = project(pairs, length)
    const rank = span.count
    estimate(pairs.count, leaders, rank)
    if (!(fitted.smallest > 0 && fitted.largest < Infinity)) {
      fitted.smallest = fallback
      fitted.largest = fallback
    }
    fitted.smallest = Math.max(fitted.smallest, fitted.largest * spread)
    applyPairs(pairs.count, rank)
    symmetricEigen(square, rank, values, vectors)
    const kept = values.subarray(0, rank)
    fitted.columns = repair(kept, fitted.largest) ? write(target, rank, length) : 0
  }

  /** The pairs, s of unit length, in their own span; returns for each s the row it leads, or -1. */
  function project({ s: allS, y: allY, offset, count }: Pairs, length: number): number[] {
    span.count = 0
    const leaders: number[] = []
    for (let pair = 0; pair < count; pair++) {
      leaders.push(addRow(span, allS, offset + pair * stride, length) ? span.count - 1 : -1)
    }
    for (let pair = 0; pair < count; pair++) addRow(span, allY, offset + pair * stride, length)
    for (let pair = 0; pair < count; pair++) {
      const start = offset + pair * stride
      let squared = 0
      for (let k = 0; k < length; k++) squared += allS[start + k] ** 2
      const scale = 1 / Math.sqrt(squared)
      for (let row = 0; row < span.count; row++) {
        let sumS = 0
        let sumY = 0
        for (let k = 0; k < length; k++) {
          sumS += span.rows[row * stride + k] * allS[start + k]
          sumY += span.rows[row * stride + k] * allY[start + k]
        }
        s[pair * width + row] = sumS * scale
        y[pair * width + row] = sumY * scale
      }
    }
    return leaders
  }

  /** Singular values of the map W with y = W s: in the rows that the s lead, s is lower triangular. */
  function estimate(count: number, leaders: readonly number[], rank: number): void {
    let rows = 0
    for (let pair = 0; pair < count; pair++) {
      const lead = leaders[pair]
      if (lead < 0) continue
      for (let k = 0; k < rank; k++) {
        let sum = y[pair * width + k]
        for (let row = 0; row < lead; row++) sum -= s[pair * width + row] * map[row * width + k]
        map[lead * width + k] = sum / s[pair * width + lead]
      }
      rows = lead + 1
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        let sum = 0
        for (let k = 0; k < rank; k++) sum += map[i * width + k] * map[j * width + k]
        square[i * rows + j] = sum
      }
    }
    symmetricEigen(square, rows, values)
    let smallest = Infinity
    let largest = 0
    for (let i = 0; i < rows; i++) {
      smallest = Math.min(smallest, values[i])
      largest = Math.max(largest, values[i])
    }
    fitted.smallest = Math.sqrt(Math.max(smallest, 0))
    fitted.largest = Math.sqrt(largest)
  }

  /** square = B in the span of the pairs. */
  function applyPairs(count: number, rank: number): void {
    square.fill(0, 0, rank * rank)
    for (let k = 0; k < rank; k++) square[k * rank + k] = fitted.smallest
    for (let pair = count - 1; pair >= 0; pair--) {
      const at = pair * width
      let sBs = 0
      let sy = 0
      for (let i = 0; i < rank; i++) {
        let sum = 0
        for (let j = 0; j < rank; j++) sum += square[i * rank + j] * s[at + j]
        product[i] = sum
        sBs += sum * s[at + i]
        sy += y[at + i] * s[at + i]
      }
      if (update === 'bfgs') {
        if (sy === 0 || sBs === 0) continue
        addOuter(y, at, rank, 1 / sy)
        addOuter(product, 0, rank, -1 / sBs)
      } else if (sy !== sBs) {
        for (let i = 0; i < rank; i++) product[i] = y[at + i] - product[i]
        addOuter(product, 0, rank, 1 / (sy - sBs))
      }
    }
  }

  function addOuter(vector: Float64Array, at: number, rank: number, times: number): void {
    for (let i = 0; i < rank; i++) {
      const scaled = times * vector[at + i]
      for (let j = 0; j < rank; j++) square[i * rank + j] += scaled * vector[at + j]
    }
  }

  function write({ columns, offset, signs, signOffset }: Columns, rank: number, length: number): number {
    let count = 0
    for (let j = 0; j < rank; j++) {
      const excess = values[j] - fitted.smallest
      if (excess === 0) continue
      const root = Math.sqrt(Math.abs(excess))
      const at = offset + count * stride
      columns.fill(0, at, at + stride)
      for (let row = 0; row < rank; row++) {
        const times = root * vectors[j * rank + row]
        for (let k = 0; k < length; k++) columns[at + k] += times * span.rows[row * stride + k]
      }
      signs[signOffset + count] = Math.sign(excess)
      count++
    }
    return count
  }
}

/** Makes eigenvalues positive and not too far apart; false if they are not finite. */
function repair(values: Float64Array, conservative: number): boolean {
  let largest = 0
  for (const value of values) {
    if (!Number.isFinite(value)) return false
    largest = Math.max(largest, Math.abs(value))
  }
  const positive = values.filter((value) => value > 0).sort()
  const replacement = positive.length > 0 ? median(positive) : conservative
  for (let i = 0; i < values.length; i++) {
    if (values[i] < largest * spread) values[i] = replacement
  }
  return true
}

/** Of ordered numbers, at least one. */
export function median(ordered: Float64Array): number {
  const middle = ordered.length >> 1
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
}
