import { i32, local, v128 } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'

/** Runs `body` for the columns of a row: as many full lanes as fit, then single elements. `column` is in bytes. */
function alongRow(
  precision: Precision,
  column: Parameters<typeof whileBelow>[0],
  rowBytes: Emit,
  body: (lanes: Lanes) => void,
): void {
  const { vector, single } = lanesOf[precision]
  const fullBytes: Emit = () => {
    rowBytes()
    i32.const(-vector.bytes)
    i32.and()
  }
  for (const [lanes, end] of [
    [vector, fullBytes],
    [single, rowBytes],
  ] as const) {
    whileBelow(column, end, () => {
      body(lanes)
      advance(column, whole(lanes.bytes))
    })
  }
}

/** `(rows, columns, bias, x)`: adds a row to every row of x [rows, columns]. */
export const addToRows = once((precision: Precision): Kernel => {
  const { elementBytes } = lanesOf[precision].single
  return defineKernel({
    name: 'addToRows',
    parameters: ['rows', 'columns', 'bias', 'x'],
    locals: { column: i32, end: i32 },
    body({ rows, columns, bias, x, column, end }) {
      set(columns, times(get(columns), whole(elementBytes)))
      set(end, plus(get(x), times(get(rows), get(columns))))
      whileBelow(x, get(end), () => {
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) => {
          const place = plus(get(x), get(column))
          lanes.store(place, lanes.add(lanes.load(place), lanes.load(plus(get(bias), get(column)))))
        })
        advance(x, get(columns))
      })
    },
  })
})

/** `(rows, columns, x, sums)`: the sum of the rows of x [rows, columns], from the first row to the last. */
export const sumRows = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: 'sumRows',
    parameters: ['rows', 'columns', 'x', 'sums'],
    locals: { column: i32, place: i32, end: i32, wide: vector.type, narrow: single.type },
    body({ rows, columns, x, sums, column, place, end, wide, narrow }) {
      set(columns, times(get(columns), whole(single.elementBytes)))
      set(end, plus(get(x), times(get(rows), get(columns))))
      set(column, whole(0))
      alongRow(precision, column, get(columns), (lanes) => {
        const total = lanes.width === 1 ? narrow : wide
        set(total, lanes.constant(0))
        set(place, plus(get(x), get(column)))
        whileBelow(place, get(end), () => {
          set(total, lanes.add(get(total), lanes.load(get(place))))
          advance(place, get(columns))
        })
        lanes.store(plus(get(sums), get(column)), get(total))
      })
    },
  })
})

/**
 * `(count, rowBytes, indices, source, target)`: copies the rows of `source` that `indices` [count] names, in order.
 * `rowBytes` is a multiple of 4.
 */
export const gatherRows: Kernel = defineKernel({
  name: 'gatherRows',
  parameters: ['count', 'rowBytes', 'indices', 'source', 'target'],
  locals: { end: i32, from: i32, column: i32 },
  body({ count, rowBytes, indices, source, target, end, from, column }) {
    set(end, plus(get(indices), times(get(count), whole(4))))
    whileBelow(indices, get(end), () => {
      const index: Emit = () => {
        local.get(indices)
        i32.load()
      }
      set(from, plus(get(source), times(index, get(rowBytes))))
      set(column, whole(0))
      whileBelow(
        column,
        () => i32.and(rowBytes, -16),
        () => {
          plus(get(target), get(column))()
          plus(get(from), get(column))()
          v128.load()
          v128.store()
          advance(column, whole(16))
        },
      )
      whileBelow(column, get(rowBytes), () => {
        plus(get(target), get(column))()
        plus(get(from), get(column))()
        i32.load()
        i32.store()
        advance(column, whole(4))
      })
      advance(target, get(rowBytes))
      advance(indices, whole(4))
    })
  },
})
