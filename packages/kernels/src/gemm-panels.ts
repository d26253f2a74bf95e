import { func, i32, v128 } from './assembler/index.ts'
import { advance, get, minus, plus, set, times, whileBelow, whole } from './emit.ts'
import { vectorBytes } from './gemm-segments.ts'
import { transposeSquare } from './gemm-transpose.ts'
import { type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/**
 * `(from, fromStep, to, rows)`: copies `vectors` vectors of each row, of which the last starts at `lastOffset`, to where
 * those of all rows lie together.
 */
export const copyPanel = once((precision: Precision, vectors: number, lastOffset: number): Kernel => {
  const { load, store } = lanesOf[precision].vector
  const panelBytes = vectors * vectorBytes
  const kernel = func(
    { in: [i32, i32, i32, i32], locals: [i32], out: [] },
    ([from, fromStep, to, rows], [end]) => {
      set(end, plus(get(to), times(get(rows), whole(panelBytes))))
      whileBelow(to, get(end), () => {
        for (let offset = 0; offset < panelBytes; offset += vectorBytes) {
          const isLast = offset === panelBytes - vectorBytes
          store(get(to), load(get(from), isLast ? lastOffset : offset), offset)
        }
        advance(from, get(fromStep))
        advance(to, whole(panelBytes))
      })
    },
  )
  return { name: 'copyPanel', func: kernel }
})

/**
 * `(from, fromStep, to, toStep, length)`: as many rows as a vector has lanes, `length` elements each, become `length`
 * vectors.
 */
export const transposePanel = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { width, elementBytes } = vector
  const rest = vectorBytes - elementBytes
  const kernel = func(
    {
      in: [i32, i32, i32, i32, i32],
      locals: [i32, i32, i32, i32, v128, v128, v128, v128, v128, v128],
      out: [],
    },
    ([from, fromStep, to, toStep, length], [second, third, fourth, end, ...vectors]) => {
      const rows = [from, second, third, fourth].slice(0, width)
      const square = vectors.slice(0, width)
      for (let row = 1; row < width; row++) set(rows[row], plus(get(rows[row - 1]), get(fromStep)))
      set(end, plus(get(from), times(get(length), whole(elementBytes))))
      set(end, minus(get(end), whole(rest)))
      whileBelow(from, get(end), () => {
        rows.forEach((row, index) => {
          set(square[index], vector.load(get(row)))
          advance(row, whole(vectorBytes))
        })
        transposeSquare(precision, square, vectors.slice(width))
        for (const transposed of square) {
          vector.store(get(to), get(transposed))
          advance(to, get(toStep))
        }
      })
      set(end, plus(get(end), whole(rest)))
      whileBelow(from, get(end), () => {
        rows.forEach((row, index) => {
          single.store(get(to), single.load(get(row)), index * elementBytes)
          advance(row, whole(elementBytes))
        })
        advance(to, get(toStep))
      })
    },
  )
  return { name: 'transposePanel', func: kernel }
})
