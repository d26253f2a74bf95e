import { type CurvatureUpdate, createCurvature } from './curvature.ts'
import { addRow, type OrthonormalRows } from './orthonormal-rows.ts'
import { createTotalHessian } from './total-hessian.ts'

/**
 * A sum of quadratic models, one for each sub-function, around the point where it was evaluated last:
 *
 *   G(x) = sum_i f_i + g_i'(x - x_i) + (x - x_i)' B_i (x - x_i) / 2,   B_i = beta_i I + sum_c signs[c] b_c b_c'
 *
 * Everything in the coordinates of a subspace: vectors have `stride` numbers, of which the first `size` count.
 */
export interface SumModel {
  readonly count: number
  readonly memory: number
  readonly stride: number
  /** The coordinates in use: grows with the subspace. */
  size: number
  /** x_i and g_i [count, stride], f_i [count]; they mean nothing before `isKnown`. */
  readonly positions: Float64Array
  readonly gradients: Float64Array
  readonly values: Float64Array
  /** Evaluations counted, of each sub-function. */
  readonly evaluations: Float64Array
  /** 1 for sub-functions that have been recorded, and for those that take part. */
  readonly known: Float64Array
  readonly active: Float64Array
  /** beta_i, 0 for those that take no part yet. */
  readonly betas: Float64Array
  /** What `save` must keep, in a fixed order. */
  readonly arrays: readonly Float64Array[]
  /** Sets f_i, x_i, g_i; keeps the differences from the last ones as a pair. `scale`: what lengths are relative to. */
  record(i: number, f: number, x: Float64Array, g: Float64Array, scale: number): void
  /** Fits B_i to the pairs of i. */
  fit(i: number): void
  /** out = the gradient of G at x */
  gradient(x: Float64Array, out: Float64Array): void
  /** The model of f_i at x. */
  predict(i: number, x: Float64Array): number
  /** d' B_i d of d = x - x_i */
  ownDistance(i: number, x: Float64Array): number
  /** d' B d of d = x - x_i, B = sum_i B_i */
  totalDistance(i: number, x: Float64Array): number
  /** Whether x_i is x, to the bit. */
  isAt(i: number, x: Float64Array): boolean
  /** v' B v */
  energy(v: Float64Array): number
  /** out [stride, stride] = L with L L' = B, lower triangle; a B that rounding has spoiled gets a larger diagonal. */
  factor(out: Float64Array): void
  /** Adds the last gradients and positions to the rows, then pairs, the newest of each first, while there is room. */
  span(basis: OrthonormalRows): void
  /** Sums B afresh, which ends the rounding errors of updates. */
  rebuild(): void
  /** Changes coordinates: v <- rows v, `rows` [size, stride] orthonormal, new size `rows`. */
  turn(rows: Float64Array, size: number): void
}

/** Differences shorter than this part of what they are differences of are rounding. */
const shortest = { x: 1e-10, g: 1e-10, cosine: 1e-12 }

export function createSumModel(
  count: number,
  stride: number,
  memory: number,
  update: CurvatureUpdate,
): SumModel {
  const perFunction = memory * stride
  const width = 2 * memory
  const positions = new Float64Array(count * stride)
  const gradients = new Float64Array(count * stride)
  const values = new Float64Array(count)
  const evaluations = new Float64Array(count)
  const known = new Float64Array(count)
  const active = new Float64Array(count)
  const betas = new Float64Array(count)
  const pairCounts = new Float64Array(count)
  const pairsS = new Float64Array(count * perFunction)
  const pairsY = new Float64Array(count * perFunction)
  const columnCounts = new Float64Array(count)
  const columns = new Float64Array(count * width * stride)
  const signs = new Float64Array(count * width)
  /** sum_i B_i without the diagonals beta_i. */
  const hessian = createTotalHessian(stride)
  const curvature = createCurvature(memory, stride, update)
  const difference = new Float64Array(stride)

  const model: SumModel = {
    count,
    memory,
    stride,
    size: 0,
    positions,
    gradients,
    values,
    evaluations,
    known,
    active,
    betas,
    arrays: [
      ...[positions, gradients, values, evaluations, known, active, betas],
      ...[pairCounts, pairsS, pairsY, columnCounts, columns, signs, hessian.lower],
    ],
    record,
    fit,
    gradient(x, out) {
      const { size } = model
      out.fill(0)
      for (let i = 0; i < count; i++) {
        if (known[i] === 0) continue
        for (let k = 0; k < size; k++) {
          const d = x[k] - positions[i * stride + k]
          difference[k] = d
          out[k] += gradients[i * stride + k] + betas[i] * d
        }
        for (let c = 0; c < columnCounts[i]; c++) {
          const at = (i * width + c) * stride
          let dot = 0
          for (let k = 0; k < size; k++) dot += columns[at + k] * difference[k]
          dot *= signs[i * width + c]
          for (let k = 0; k < size; k++) out[k] += dot * columns[at + k]
        }
      }
    },
    predict(i, x) {
      const { size } = model
      let slope = 0
      for (let k = 0; k < size; k++) {
        slope += gradients[i * stride + k] * (x[k] - positions[i * stride + k])
      }
      return values[i] + slope + model.ownDistance(i, x) / 2
    },
    ownDistance(i, x) {
      const { size } = model
      const squared = subtractPosition(i, x)
      let sum = betas[i] * squared
      for (let c = 0; c < columnCounts[i]; c++) {
        const at = (i * width + c) * stride
        let dot = 0
        for (let k = 0; k < size; k++) dot += columns[at + k] * difference[k]
        sum += signs[i * width + c] * dot * dot
      }
      return sum
    },
    totalDistance(i, x) {
      subtractPosition(i, x)
      return model.energy(difference)
    },
    isAt(i, x) {
      for (let k = 0; k < model.size; k++) if (positions[i * stride + k] !== x[k]) return false
      return true
    },
    energy: (v) => hessian.energy(v, model.size, sumOf(betas)),
    factor: (out) => hessian.factor(out, model.size, sumOf(betas)),
    span(basis) {
      for (const list of [gradients, positions]) {
        for (let i = 0; i < count; i++) if (known[i] === 1) addRow(basis, list, i * stride, model.size)
      }
      for (let pair = 0; pair < memory; pair++) {
        for (let i = 0; i < count; i++) {
          if (pair >= pairCounts[i]) continue
          addRow(basis, pairsS, i * perFunction + pair * stride, model.size)
          addRow(basis, pairsY, i * perFunction + pair * stride, model.size)
        }
      }
    },
    rebuild() {
      hessian.lower.fill(0)
      for (let i = 0; i < count; i++) addColumns(i, 1)
    },
    turn(rows, size) {
      for (let i = 0; i < count; i++) {
        if (known[i] === 0) continue
        turnRow(positions, i * stride, rows, size)
        turnRow(gradients, i * stride, rows, size)
        for (let pair = 0; pair < pairCounts[i]; pair++) {
          turnRow(pairsS, i * perFunction + pair * stride, rows, size)
          turnRow(pairsY, i * perFunction + pair * stride, rows, size)
        }
        for (let c = 0; c < columnCounts[i]; c++) turnRow(columns, (i * width + c) * stride, rows, size)
      }
      model.size = size
      model.rebuild()
    },
  }
  return model

  function subtractPosition(i: number, x: Float64Array): number {
    const { size } = model
    let squared = 0
    for (let k = 0; k < size; k++) {
      difference[k] = x[k] - positions[i * stride + k]
      squared += difference[k] * difference[k]
    }
    return squared
  }

  function turnRow(array: Float64Array, offset: number, rows: Float64Array, size: number): void {
    turnCoordinates(array, offset, model.size, rows, size, stride, difference)
  }

  function record(i: number, f: number, x: Float64Array, g: Float64Array, scale: number): void {
    const at = i * stride
    if (known[i] === 1) keepPair(i, x, g, scale)
    known[i] = 1
    values[i] = f
    for (let k = 0; k < model.size; k++) {
      positions[at + k] = x[k]
      gradients[at + k] = g[k]
    }
  }

  function keepPair(i: number, x: Float64Array, g: Float64Array, scale: number): void {
    const at = i * stride
    let [ss, yy, sy, gg] = [0, 0, 0, 0]
    for (let k = 0; k < model.size; k++) {
      const s = x[k] - positions[at + k]
      const y = g[k] - gradients[at + k]
      ss += s * s
      yy += y * y
      sy += s * y
      gg += g[k] * g[k]
    }
    const lengths = Math.sqrt(ss) * Math.sqrt(yy)
    if (!(Math.sqrt(ss) > shortest.x * scale && Math.sqrt(yy) > shortest.g * Math.sqrt(gg))) return
    if (!(Math.abs(sy) > shortest.cosine * lengths && lengths < Infinity)) return
    const start = i * perFunction
    pairsS.copyWithin(start + stride, start, start + perFunction - stride)
    pairsY.copyWithin(start + stride, start, start + perFunction - stride)
    for (let k = 0; k < model.size; k++) {
      pairsS[start + k] = x[k] - positions[at + k]
      pairsY[start + k] = g[k] - gradients[at + k]
    }
    // The row moved there may be longer than the subspace was when it was last in use.
    pairsS.fill(0, start + model.size, start + stride)
    pairsY.fill(0, start + model.size, start + stride)
    pairCounts[i] = Math.min(pairCounts[i] + 1, memory)
  }

  function fit(i: number): void {
    addColumns(i, -1)
    if (pairCounts[i] === 0) {
      columnCounts[i] = 0
      betas[i] =
        hessian.medianEigenvalue(model.size, sumOf(betas)) / sumOf(active) / (evaluations[i] > 2 ? 10 : 1)
      return
    }
    const fallback = betas.reduce((most, beta) => Math.max(most, beta), 0)
    const pairs = { s: pairsS, y: pairsY, offset: i * perFunction, count: pairCounts[i] }
    const target = { columns, offset: i * width * stride, signs, signOffset: i * width }
    curvature.fit(pairs, target, model.size, fallback)
    betas[i] = curvature.smallest
    columnCounts[i] = curvature.columns
    addColumns(i, 1)
  }

  function addColumns(i: number, times: number): void {
    hessian.add(columns, i * width, columnCounts[i], signs, times, model.size)
  }
}

/** v <- rows v for one vector of `length` coordinates; what is behind its new ones becomes 0. */
export function turnCoordinates(
  array: Float64Array,
  offset: number,
  length: number,
  rows: Float64Array,
  size: number,
  stride: number,
  work: Float64Array,
): void {
  for (let j = 0; j < size; j++) {
    let sum = 0
    for (let k = 0; k < length; k++) sum += rows[j * stride + k] * array[offset + k]
    work[j] = sum
  }
  for (let k = 0; k < length; k++) array[offset + k] = k < size ? work[k] : 0
}

function sumOf(numbers: Float64Array): number {
  let sum = 0
  for (const each of numbers) sum += each
  return sum
}
