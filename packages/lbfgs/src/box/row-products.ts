import { free } from './cauchy-point.ts'
import type { Pairs } from './pairs.ts'

/**
 * Inner products of the pairs over some of their rows R: [Y_R S_R]'[Y_R S_R], [2k, 2k].
 *
 * Rows are gathered in blocks that stay in the cache, and multiplied two columns by two. O(k^2 |R|).
 */
export interface RowProducts {
  /** Sums over the rows of the active variables, or of the free ones. */
  sum(pairs: Pairs, places: Uint8Array, active: boolean): void
  /** y_i . y_j over the rows */
  yy(i: number, j: number): number
  /** s_i . y_j over the rows */
  sy(i: number, j: number): number
  /** s_i . s_j over the rows */
  ss(i: number, j: number): number
}

/** Room for `memory` pairs. */
export function createRowProducts(memory: number): RowProducts {
  const gram = new Float64Array(4 * memory * memory)
  const block = new Float64Array(2 * memory * blockRows)
  const rows = new Int32Array(blockRows)
  let count = 0

  function addBlock(pairs: Pairs, size: number): void {
    for (let k = 0; k < count; k++) {
      const y = pairs.y(k)
      const s = pairs.s(k)
      const startY = k * blockRows
      const startS = (count + k) * blockRows
      for (let r = 0; r < size; r++) {
        block[startY + r] = y[rows[r]]
        block[startS + r] = s[rows[r]]
      }
    }
    const columns = 2 * count
    for (let i = 0; i < columns; i += 2) {
      for (let j = 0; j <= i; j += 2) addTile(i, j, size)
    }
  }

  /** Adds the products of columns i, i + 1 with columns j, j + 1. */
  function addTile(i: number, j: number, size: number): void {
    const a0 = i * blockRows
    const a1 = a0 + blockRows
    const b0 = j * blockRows
    const b1 = b0 + blockRows
    let sum00 = 0
    let sum01 = 0
    let sum10 = 0
    let sum11 = 0
    for (let r = 0; r < size; r++) {
      const u0 = block[a0 + r]
      const u1 = block[a1 + r]
      const v0 = block[b0 + r]
      const v1 = block[b1 + r]
      sum00 += u0 * v0
      sum01 += u0 * v1
      sum10 += u1 * v0
      sum11 += u1 * v1
    }
    const columns = 2 * count
    gram[i * columns + j] += sum00
    gram[i * columns + j + 1] += sum01
    gram[(i + 1) * columns + j] += sum10
    gram[(i + 1) * columns + j + 1] += sum11
  }

  function sum(pairs: Pairs, places: Uint8Array, active: boolean): void {
    count = pairs.count
    gram.fill(0, 0, 4 * count * count)
    let size = 0
    for (let i = 0; i < places.length; i++) {
      if ((places[i] !== free) !== active) continue
      rows[size++] = i
      if (size < blockRows) continue
      addBlock(pairs, size)
      size = 0
    }
    if (size > 0) addBlock(pairs, size)
  }

  /** Tiles below and on the diagonal are stored. */
  function entry(i: number, j: number): number {
    return i >= j ? gram[i * 2 * count + j] : gram[j * 2 * count + i]
  }

  return {
    sum,
    yy: (i, j) => entry(i, j),
    sy: (i, j) => entry(count + i, j),
    ss: (i, j) => entry(count + i, count + j),
  }
}

const blockRows = 128
