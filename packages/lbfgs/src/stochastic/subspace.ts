/**
 * An orthonormal basis of the few directions that an optimizer works in: v = sum_k coordinates[k] basis[k].
 *
 * With capacity = dimension it is the whole space, coordinates are the numbers of the vector themselves, and no basis
 * is stored. Shapes: vectors [dimension], coordinates [capacity], of which the first `size` count.
 */
export interface Subspace {
  readonly dimension: number
  readonly capacity: number
  readonly size: number
  /** The basis vectors in use, one after another; empty where the subspace is the whole space. */
  readonly basis: readonly Float64Array[]
  /** Whether the next vector may need a direction that has no room. */
  isFull(): boolean
  /** coordinates = those of `vector`; adds a direction where it points out of the subspace. Full: throws RangeError. */
  include(vector: Float64Array, coordinates: Float64Array): void
  /** out += sum_k coordinates[k] basis[k] */
  add(coordinates: Float64Array, out: Float64Array): void
  /** coordinates = those of the vector's part in the subspace */
  project(vector: Float64Array, coordinates: Float64Array): void
  /** basis[j] <- sum_k rows[j, k] basis[k]: `count` orthonormal rows with `stride` numbers a row */
  turn(rows: Float64Array, count: number, stride: number): void
  /** Takes these directions for its basis. */
  restore(basis: readonly Float64Array[]): void
}

/** A vector that points out of the subspace by less than this part of its length is taken to be in it. */
const tolerance = 1e-12
const maxPasses = 3
/** Coordinates turned at a time: their part of the basis stays in the cache. */
const blockLength = 64

export function createSubspace(dimension: number, capacity: number): Subspace {
  return capacity >= dimension ? wholeSpace(dimension) : properSubspace(dimension, capacity)
}

function wholeSpace(dimension: number): Subspace {
  const copy = (vector: Float64Array, coordinates: Float64Array): void => coordinates.set(vector)
  return {
    dimension,
    capacity: dimension,
    size: dimension,
    basis: [],
    isFull: () => false,
    include: copy,
    project: copy,
    add(coordinates, out) {
      for (let i = 0; i < dimension; i++) out[i] += coordinates[i]
    },
    turn() {
      throw new RangeError('subspace: the whole space has no basis to turn')
    },
    restore: () => undefined,
  }
}

function properSubspace(dimension: number, capacity: number): Subspace {
  const basis: Float64Array[] = []
  /** Storage of basis vectors that are not in use. */
  const spare: Float64Array[] = []
  const rest = new Float64Array(dimension)
  const part = new Float64Array(capacity)
  const block = new Float64Array(capacity * blockLength)
  const fresh = (): Float64Array => spare.pop() ?? new Float64Array(dimension)

  return {
    dimension,
    capacity,
    get size() {
      return basis.length
    },
    basis,
    isFull: () => basis.length === capacity,
    add: (coordinates, out) => addScaled(basis, coordinates, 1, out),
    project: (vector, coordinates) => products(basis, vector, coordinates),
    include(vector, coordinates) {
      if (basis.length === capacity) throw new RangeError(`subspace: all ${capacity} directions are taken`)
      const length = norm(vector)
      coordinates.fill(0)
      if (length === 0) return
      rest.set(vector)
      let before = length
      let left = length
      for (let pass = 0; pass < maxPasses; pass++) {
        products(basis, rest, part)
        for (let k = 0; k < basis.length; k++) coordinates[k] += part[k]
        addScaled(basis, part, -1, rest)
        left = norm(rest)
        if (!(left > tolerance * length)) return
        if (left > 0.5 * before) break
        before = left
      }
      const direction = fresh()
      for (let i = 0; i < dimension; i++) direction[i] = rest[i] / left
      coordinates[basis.length] = left
      basis.push(direction)
    },
    turn(rows, count, stride) {
      for (let start = 0; start < dimension; start += blockLength) {
        const width = Math.min(blockLength, dimension - start)
        block.fill(0)
        for (let j = 0; j < count; j++)
          turnBlock(basis, rows, j * stride, block, j * blockLength, start, width)
        for (let j = 0; j < count; j++) {
          const from = j * blockLength
          for (let i = 0; i < width; i++) basis[j][start + i] = block[from + i]
        }
      }
      while (basis.length > count) spare.push(...basis.splice(-1))
    },
    restore(saved) {
      for (const direction of saved) {
        const copy = fresh()
        copy.set(direction)
        basis.push(copy)
      }
    },
  }
}

/** out[k] = basis[k] . vector, four directions a pass over the vector. */
function products(basis: readonly Float64Array[], vector: Float64Array, out: Float64Array): void {
  const { length } = vector
  let k = 0
  for (; k + 3 < basis.length; k += 4) {
    const [a, b, c, d] = [basis[k], basis[k + 1], basis[k + 2], basis[k + 3]]
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0]
    for (let i = 0; i < length; i++) {
      const value = vector[i]
      sumA += a[i] * value
      sumB += b[i] * value
      sumC += c[i] * value
      sumD += d[i] * value
    }
    out[k] = sumA
    out[k + 1] = sumB
    out[k + 2] = sumC
    out[k + 3] = sumD
  }
  for (; k < basis.length; k++) {
    const a = basis[k]
    let sum = 0
    for (let i = 0; i < length; i++) sum += a[i] * vector[i]
    out[k] = sum
  }
}

/** out += sign sum_k coordinates[k] basis[k], four directions a pass over `out`. */
function addScaled(
  basis: readonly Float64Array[],
  coordinates: Float64Array,
  sign: number,
  out: Float64Array,
): void {
  const { length } = out
  let k = 0
  for (; k + 3 < basis.length; k += 4) {
    const [a, b, c, d] = [basis[k], basis[k + 1], basis[k + 2], basis[k + 3]]
    const timesA = sign * coordinates[k]
    const timesB = sign * coordinates[k + 1]
    const timesC = sign * coordinates[k + 2]
    const timesD = sign * coordinates[k + 3]
    for (let i = 0; i < length; i++) {
      out[i] += timesA * a[i] + timesB * b[i] + timesC * c[i] + timesD * d[i]
    }
  }
  for (; k < basis.length; k++) {
    const a = basis[k]
    const times = sign * coordinates[k]
    for (let i = 0; i < length; i++) out[i] += times * a[i]
  }
}

/** block[at + i] = sum_k rows[row + k] basis[k][start + i] */
function turnBlock(
  basis: readonly Float64Array[],
  rows: Float64Array,
  row: number,
  block: Float64Array,
  at: number,
  start: number,
  width: number,
): void {
  let k = 0
  for (; k + 3 < basis.length; k += 4) {
    const [a, b, c, d] = [basis[k], basis[k + 1], basis[k + 2], basis[k + 3]]
    const timesA = rows[row + k]
    const timesB = rows[row + k + 1]
    const timesC = rows[row + k + 2]
    const timesD = rows[row + k + 3]
    for (let i = 0; i < width; i++) {
      const from = start + i
      block[at + i] += timesA * a[from] + timesB * b[from] + timesC * c[from] + timesD * d[from]
    }
  }
  for (; k < basis.length; k++) {
    const times = rows[row + k]
    const direction = basis[k]
    for (let i = 0; i < width; i++) block[at + i] += times * direction[start + i]
  }
}

function norm(vector: Float64Array): number {
  let sum = 0
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i]
  return Math.sqrt(sum)
}
