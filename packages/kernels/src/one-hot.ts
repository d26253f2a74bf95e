import { i32 } from './assembler/index.ts'
import { advance, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { labelColumn } from './label-column.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'

/** `(rows, columns, labels, target)`: target [rows, columns] = 1 in the column that a row's label names, else 0; labels i32 [rows]. */
export const oneHot = once((precision: Precision): Kernel => {
  const { single } = lanesOf[precision]
  return defineKernel({
    name: 'oneHot',
    parameters: ['rows', 'columns', 'labels', 'target'],
    locals: { end: i32, column: i32 },
    body({ rows, columns, labels, target, end, column }) {
      set(columns, times(get(columns), whole(single.bytes)))
      set(end, plus(get(target), times(get(rows), get(columns))))
      whileBelow(target, get(end), () => {
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) =>
          lanes.store(plus(get(target), get(column)), lanes.constant(0)),
        )
        single.store(plus(get(target), labelColumn(labels, single.bytes)), single.constant(1))
        advance(target, get(columns))
        advance(labels, whole(4))
      })
    },
  })
})
