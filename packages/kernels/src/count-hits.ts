import { f32, f64, i32, local } from './assembler/index.ts'
import { asNumber } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { labelColumn } from './label-column.ts'
import { lanesOf, type Precision } from './lanes.ts'

const comparisons = {
  f32: { above: () => f32.gt(), notBelow: () => f32.ge() },
  f64: { above: () => f64.gt(), notBelow: () => f64.ge() },
}

/**
 * `(rows, columns, outputs, labels, result)`: how many rows have their largest output (the first, if several) at their label,
 * as an f64 behind the first at `result`. A row with NaN is no hit. Shapes: outputs [rows, columns]; labels i32 [rows].
 */
export const countHits = once((precision: Precision): Kernel => {
  const { single } = lanesOf[precision]
  const { above, notBelow } = comparisons[precision]
  return defineKernel({
    name: 'countHits',
    parameters: ['rows', 'columns', 'outputs', 'labels', 'result'],
    locals: { end: i32, column: i32, hit: i32, hits: i32, label: single.type },
    body({ rows, columns, outputs, labels, result, end, column, hit, hits, label }) {
      /** Whether the label's output beats those up to a column, too. */
      const beats = (until: Emit, comparison: () => void): void =>
        whileBelow(column, until, () => {
          set(hit, () => {
            local.get(label)
            single.load(plus(get(outputs), get(column)))()
            comparison()
            local.get(hit)
            i32.and()
          })
          advance(column, whole(single.bytes))
        })
      const own = labelColumn(labels, single.bytes)
      set(hits, whole(0))
      set(columns, times(get(columns), whole(single.bytes)))
      set(end, plus(get(outputs), times(get(rows), get(columns))))
      whileBelow(outputs, get(end), () => {
        set(label, single.load(plus(get(outputs), own)))
        set(hit, whole(1))
        set(column, whole(0))
        beats(own, above)
        beats(get(columns), notBelow)
        advance(hits, get(hit))
        advance(outputs, get(columns))
        advance(labels, whole(4))
      })
      lanesOf.f64.single.store(get(result), asNumber(get(hits)), 8)
    },
  })
})
