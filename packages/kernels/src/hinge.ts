import { f64, i32, type Local, v128 } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { labelColumn } from './label-column.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { addToSum, startSum, sumIn, totalOf } from './sum.ts'

const f64Lane = lanesOf.f64.single

/** (z_j - z_y) + margin, at the places of a row; `label` is z_y. */
function shortfall(lanes: Lanes, place: Emit, label: Emit, margin: number): Emit {
  return lanes.add(lanes.sub(lanes.load(place), label), lanes.constant(margin))
}

/**
 * `(rows, columns, outputs, labels, result)`: the mean hinge loss of the rows, as an f64 at `result`.
 *
 *   loss = mean_i sum_{j != y} max(0, z_ij - z_iy + margin),  y the label of row i
 *
 * Shapes: outputs z [rows, columns]; labels i32 [rows]. Sums in f64. Source: Weston & Watkins 1999.
 */
export const hinge = once((precision: Precision, margin: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { splat, widen } = conversionsOf[precision]
  return defineKernel({
    name: 'hinge',
    parameters: ['rows', 'columns', 'outputs', 'labels', 'result'],
    locals: {
      end: i32,
      column: i32,
      label: single.type,
      wideLabel: vector.type,
      term: single.type,
      wideTerm: vector.type,
      sumA: v128,
      sumB: v128,
      sumTail: f64,
    },
    body(v) {
      const { rows, columns, outputs, labels, result, end, column } = v
      const sum = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
      startSum(sum)
      set(columns, times(get(columns), whole(single.bytes)))
      set(end, plus(get(outputs), times(get(rows), get(columns))))
      whileBelow(outputs, get(end), () => {
        set(v.label, single.load(plus(get(outputs), labelColumn(labels, single.bytes))))
        set(v.wideLabel, splat(get(v.label)))
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) => {
          const [label, term] = lanes.width === 1 ? [v.label, v.term] : [v.wideLabel, v.wideTerm]
          const short = shortfall(lanes, plus(get(outputs), get(column)), get(label), margin)
          set(term, lanes.max(short, lanes.constant(0)))
          addToSum(sum, lanes, get(term))
        })
        advance(outputs, get(columns))
        advance(labels, whole(4))
      })
      // The label's own term is the margin in every row.
      const mean = f64Lane.div(totalOf(sum), asNumber(get(rows)))
      f64Lane.store(get(result), f64Lane.sub(mean, widen(single.constant(margin))))
    },
  })
})

/**
 * `(rows, samples, columns, outputs, labels, gradient)`: the gradient of the mean loss of `samples` samples, of which these
 * rows are some or all, by the outputs.
 *
 *   dz_ij = 1 / samples where z_ij - z_iy + margin > 0, else 0;  dz_iy = -(how many of those) / samples
 *
 * Shapes: outputs z, gradient [rows, columns]; labels i32 [rows].
 */
export const hingeBackward = once((precision: Precision, margin: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { narrow, splat } = conversionsOf[precision]
  return defineKernel({
    name: 'hingeBackward',
    parameters: ['rows', 'samples', 'columns', 'outputs', 'labels', 'gradient'],
    locals: {
      end: i32,
      column: i32,
      label: single.type,
      wideLabel: vector.type,
      share: single.type,
      wideShare: vector.type,
      term: single.type,
      wideTerm: vector.type,
      sumA: v128,
      sumB: v128,
      sumTail: f64,
    },
    body(v) {
      const { rows, samples, columns, outputs, labels, gradient, end, column } = v
      const above = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
      const at = (array: Local): Emit => plus(get(array), get(column))
      const share = f64Lane.div(f64Lane.constant(1), asNumber(get(samples)))
      set(v.share, narrow(share))
      set(v.wideShare, splat(get(v.share)))
      set(columns, times(get(columns), whole(single.bytes)))
      set(end, plus(get(outputs), times(get(rows), get(columns))))
      whileBelow(outputs, get(end), () => {
        set(v.label, single.load(plus(get(outputs), labelColumn(labels, single.bytes))))
        set(v.wideLabel, splat(get(v.label)))
        startSum(above)
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) => {
          const [label, share, term] =
            lanes.width === 1 ? [v.label, v.share, v.term] : [v.wideLabel, v.wideShare, v.wideTerm]
          const zero = lanes.constant(0)
          const short = shortfall(lanes, at(outputs), get(label), margin)
          set(term, lanes.choose('>', short, zero, lanes.constant(1), zero))
          addToSum(above, lanes, get(term))
          lanes.store(at(gradient), lanes.mul(get(term), get(share)))
        })
        // The label's own place counts among those above.
        const others = f64Lane.sub(f64Lane.constant(1), totalOf(above))
        set(column, labelColumn(labels, single.bytes))
        single.store(at(gradient), narrow(f64Lane.mul(others, share)))
        for (const array of [outputs, gradient]) advance(array, get(columns))
        advance(labels, whole(4))
      })
    },
  })
})
