import type { Reply, VectorSpace } from './vector-space.ts'

/**
 * The newest pairs s = x+ - x, y = g+ - g, at most `memory`, and the table of their inner products.
 *
 * A pair is written beside them, measured, and then committed or not: a pair that is refused leaves the others as they
 * were. Index 0 is the oldest pair, `count - 1` the newest, `count` the candidate.
 */
export interface History<V> {
  readonly memory: number
  readonly count: number
  /** s'y / y'y of the newest pair, the scale of the inverse Hessian; 1 without pairs. */
  readonly gamma: number
  /** y'y / s'y of the newest pair, the scale of the Hessian; 1 without pairs. */
  readonly theta: number
  readonly table: ProductTable
  s(index: number): V
  y(index: number): V
  /** s_i . y_j for i <= j; with `all` for any i and j. */
  sy(i: number, j: number): number
  /** y_i . y_j */
  yy(i: number, j: number): number
  /** s_i . s_j, with `all` only. */
  ss(i: number, j: number): number
  /** Fills the table for the candidate, and sg and yg, from `gradient`, the gradient at the candidate's end. */
  measure(gradient: V): Reply
  /** Fills sg and yg, without a candidate, from any vector in the place of the gradient. */
  project(vector: V): Reply
  /** Takes the candidate in, in place of the oldest pair if there are `memory`. */
  commit(): void
  clear(): void
  /** All numbers; the vectors are the caller's to save, oldest pair first. */
  save(): HistoryNumbers
  /** The other way round; `s(i)` and `y(i)` for i < numbers.count are then to be filled by the caller. */
  restore(numbers: HistoryNumbers): void
}

/** Inner products, for loops that read many: entry (i, j) of a matrix is at i stride + j. */
interface ProductTable {
  readonly stride: number
  readonly sy: Float64Array
  readonly yy: Float64Array
  readonly ss: Float64Array
  /** s_i . g of the gradient last measured. */
  readonly sg: Float64Array
  /** y_i . g of the gradient last measured. */
  readonly yg: Float64Array
}

export interface HistoryNumbers {
  readonly count: number
  readonly sy: readonly number[]
  readonly yy: readonly number[]
  readonly ss: readonly number[]
  readonly sg: readonly number[]
  readonly yg: readonly number[]
}

/** `all`: keeps s_i . s_j, and s_i . y_j for i > j, too: the compact form of L-BFGS-B needs them. */
export function createHistory<V>(space: VectorSpace<V>, memory: number, { all = false } = {}): History<V> {
  const stride = memory + 1
  const s = Array.from({ length: stride }, () => space.create())
  const y = Array.from({ length: stride }, () => space.create())
  const square = stride * stride
  const buffer = new ArrayBuffer(8 * ((all ? 3 : 2) * square + 6 * stride))
  // One after the other: when pairs shift, all matrices do in one move, and what the end of one takes from the next one's
  // start is the candidate's row, which `measure` writes.
  const matrices = new Float64Array(buffer, 0, (all ? 3 : 2) * square)
  const sy = matrices.subarray(0, square)
  const yy = matrices.subarray(square, 2 * square)
  const ss = matrices.subarray(2 * square)
  const projections = new Float64Array(buffer, matrices.byteLength, 2 * stride)
  const sg = projections.subarray(0, stride)
  const yg = projections.subarray(stride)
  const vectors = [...s, ...y]
  const out = new Float64Array(buffer, matrices.byteLength + projections.byteLength)
  let count = 0

  function gather(pairs: number): void {
    for (let index = 0; index < pairs; index++) {
      vectors[index] = s[index]
      vectors[pairs + index] = y[index]
    }
  }

  function keepProjections(pairs: number): void {
    for (let index = 0; index < pairs; index++) {
      sg[index] = out[2 * index + 1]
      yg[index] = out[2 * (pairs + index) + 1]
    }
  }

  function keepProductsWithY(): void {
    const pairs = count + 1
    keepProjections(pairs)
    for (let index = 0; index < pairs; index++) {
      sy[index * stride + count] = out[2 * index]
      const product = out[2 * (pairs + index)]
      yy[index * stride + count] = product
      yy[count * stride + index] = product
    }
  }

  function keepProductsWithS(): void {
    const pairs = count + 1
    for (let index = 0; index < pairs; index++) {
      const product = out[2 * index]
      ss[index * stride + count] = product
      ss[count * stride + index] = product
      sy[count * stride + index] = out[2 * (pairs + index)]
    }
  }

  function measureWithS(): Reply {
    const reply = space.products(vectors, 2 * (count + 1), s[count], s[count], out)
    if (reply !== undefined) return reply.then(keepProductsWithS)
    keepProductsWithS()
  }

  function measure(gradient: V): Reply {
    gather(count + 1)
    const reply = space.products(vectors, 2 * (count + 1), y[count], gradient, out)
    if (reply !== undefined) {
      return reply.then(() => {
        keepProductsWithY()
        return all ? measureWithS() : undefined
      })
    }
    keepProductsWithY()
    if (all) return measureWithS()
  }

  function project(vector: V): Reply {
    if (count === 0) return
    gather(count)
    const reply = space.products(vectors, 2 * count, vector, vector, out)
    if (reply !== undefined) return reply.then(() => keepProjections(count))
    keepProjections(count)
  }

  /** Every pair becomes one older; the vectors of the oldest are those of the next candidate. */
  function shift(): void {
    const oldestS = s[0]
    const oldestY = y[0]
    for (let index = 0; index < memory; index++) {
      s[index] = s[index + 1]
      y[index] = y[index + 1]
    }
    s[memory] = oldestS
    y[memory] = oldestY
    matrices.copyWithin(0, stride + 1)
    projections.copyWithin(0, 1)
  }

  return {
    memory,
    get count() {
      return count
    },
    get gamma() {
      const newest = (count - 1) * (stride + 1)
      return count === 0 ? 1 : sy[newest] / yy[newest]
    },
    get theta() {
      const newest = (count - 1) * (stride + 1)
      return count === 0 ? 1 : yy[newest] / sy[newest]
    },
    table: { stride, sy, yy, ss, sg, yg },
    s: (index) => s[index],
    y: (index) => y[index],
    sy: (i, j) => sy[i * stride + j],
    yy: (i, j) => yy[i * stride + j],
    ss: (i, j) => ss[i * stride + j],
    measure,
    project,
    commit() {
      if (count < memory) count++
      else shift()
    },
    clear() {
      count = 0
    },
    save: () => ({
      count,
      sy: packed(sy, all),
      yy: packed(yy),
      ss: packed(ss),
      sg: [...sg.subarray(0, count)],
      yg: [...yg.subarray(0, count)],
    }),
    restore(numbers) {
      count = numbers.count
      unpack(numbers.sy, sy)
      unpack(numbers.yy, yy)
      unpack(numbers.ss, ss)
      sg.set(numbers.sg)
      yg.set(numbers.yg)
    },
  }

  /** The rows and columns in use; what is below the diagonal is 0 where it is not kept up. */
  function packed(table: Float64Array, whole = true): number[] {
    if (table.length === 0) return []
    return Array.from({ length: count * count }, (_, at) => {
      const [i, j] = [Math.floor(at / count), at % count]
      return whole || i <= j ? table[i * stride + j] : 0
    })
  }

  function unpack(numbers: readonly number[], table: Float64Array): void {
    numbers.forEach((value, at) => {
      table[Math.floor(at / count) * stride + (at % count)] = value
    })
  }
}
