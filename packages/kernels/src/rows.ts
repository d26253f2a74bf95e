import { i32, local, v128 } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'

/** Runs `body` for the columns of a row: as many full lanes as fit, then single elements. `column` is in bytes. */
export function alongRow(
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

/**
 * `(count, rowBytes, stepBytes, indices, source, target)`: copies the first `rowBytes` of the rows of `source` that `indices`
 * [count] names, in order, one after another. `stepBytes` lead from row to row of `source`; both are multiples of 4.
 */
export const gatherRows: Kernel = defineKernel({
  name: 'gatherRows',
  parameters: ['count', 'rowBytes', 'stepBytes', 'indices', 'source', 'target'],
  locals: { end: i32, from: i32, column: i32 },
  body({ count, rowBytes, stepBytes, indices, source, target, end, from, column }) {
    set(end, plus(get(indices), times(get(count), whole(4))))
    whileBelow(indices, get(end), () => {
      const index: Emit = () => {
        local.get(indices)
        i32.load()
      }
      set(from, plus(get(source), times(index, get(stepBytes))))
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
