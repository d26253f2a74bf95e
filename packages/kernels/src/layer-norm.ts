import { f64, i32, v128 } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { addToSum, startSum, sumIn, totalOf } from './sum.ts'

/**
 * `(rows, columns, x, scale, shift, moments, y)`: every row with mean 0 and variance 1, then scaled and shifted.
 *
 *   y_ij = (x_ij - m_i) r_i scale_j + shift_j,  m_i = mean_j x_ij,  r_i = 1 / sqrt(mean_j (x_ij - m_i)^2 + epsilon)
 *
 * Shapes: x, y [rows, columns]; scale, shift [columns]; moments [rows, 2] keeps m_i and r_i for the backward pass. Sums in
 * f64 in a fixed order, and of squares around the mean, so that a large mean takes nothing away. Source: Ba et al. 2016, arXiv:1607.06450.
 */
export const layerNorm = once((precision: Precision, epsilon: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { widen, narrow, splat } = conversionsOf[precision]
  const f64Lane = lanesOf.f64.single
  return defineKernel({
    name: 'layerNorm',
    parameters: ['rows', 'columns', 'x', 'scale', 'shift', 'moments', 'y'],
    locals: {
      end: i32,
      column: i32,
      count: f64,
      exactMean: f64,
      rest: f64,
      mean: single.type,
      reciprocal: single.type,
      wideMean: vector.type,
      wideReciprocal: vector.type,
      wide: vector.type,
      narrow: single.type,
      sumA: v128,
      sumB: v128,
      sumTail: f64,
    },
    body(v) {
      const { rows, columns, x, scale, shift, moments, y, end, column, count, exactMean } = v
      const sum = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
      const mean = f64Lane.div(totalOf(sum), get(count))
      const at = (array: typeof x): Emit => plus(get(array), get(column))
      const columnsOf = (body: (lanes: Lanes) => void): void => {
        set(column, whole(0))
        alongRow(precision, column, get(columns), body)
      }
      const meanOf = (lanes: Lanes): Emit => get(lanes.width === 1 ? v.mean : v.wideMean)
      const reciprocalOf = (lanes: Lanes): Emit => get(lanes.width === 1 ? v.reciprocal : v.wideReciprocal)

      set(count, asNumber(get(columns)))
      set(columns, times(get(columns), whole(single.elementBytes)))
      set(end, plus(get(x), times(get(rows), get(columns))))
      whileBelow(x, get(end), () => {
        startSum(sum)
        columnsOf((lanes) => addToSum(sum, lanes, lanes.load(at(x))))
        set(exactMean, mean)
        set(v.mean, narrow(get(exactMean)))
        set(v.wideMean, splat(get(v.mean)))
        startSum(sum)
        columnsOf((lanes) => {
          const deviation = lanes.width === 1 ? v.narrow : v.wide
          set(deviation, lanes.sub(lanes.load(at(x)), meanOf(lanes)))
          addToSum(sum, lanes, get(deviation), get(deviation))
        })
        // The deviations are from the rounded mean: its distance from the mean makes their squares larger.
        set(v.rest, f64Lane.sub(get(exactMean), widen(get(v.mean))))
        const difference = f64Lane.sub(mean, f64Lane.mul(get(v.rest), get(v.rest)))
        const variance = f64Lane.max(difference, f64Lane.constant(0))
        const root = f64Lane.sqrt(f64Lane.add(variance, f64Lane.constant(epsilon)))
        set(v.reciprocal, narrow(f64Lane.div(f64Lane.constant(1), root)))
        set(v.wideReciprocal, splat(get(v.reciprocal)))
        single.store(get(moments), get(v.mean))
        single.store(get(moments), get(v.reciprocal), single.bytes)
        columnsOf((lanes) => {
          const normal = lanes.mul(lanes.sub(lanes.load(at(x)), meanOf(lanes)), reciprocalOf(lanes))
          lanes.store(at(y), lanes.add(lanes.mul(normal, lanes.load(at(scale))), lanes.load(at(shift))))
        })
        advance(moments, whole(2 * single.bytes))
        for (const array of [x, y]) advance(array, get(columns))
      })
    },
  })
})
