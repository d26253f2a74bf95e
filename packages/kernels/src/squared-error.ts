import { f64, i32, type Local, v128 } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { type Emit, get, plus, set, times, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { addToSum, startSum, sumIn, totalOf } from './sum.ts'

const f64Lane = lanesOf.f64.single

/**
 * `(rows, columns, outputs, targets, predictions, result)`: the mean squared error, as an f64 at `result`; after it a 0.
 *
 *   loss = sum_ij (z_ij - t_ij)^2 / (rows columns),  prediction_ij = z_ij
 *
 * Shapes: outputs z, targets t, predictions [rows, columns]; predictions may lie where targets do. Sums in f64.
 */
export const squaredError = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: 'squaredError',
    parameters: ['rows', 'columns', 'outputs', 'targets', 'predictions', 'result'],
    locals: {
      place: i32,
      difference: single.type,
      wideDifference: vector.type,
      sumA: v128,
      sumB: v128,
      sumTail: f64,
    },
    body(v) {
      const { rows, columns, outputs, targets, predictions, result, place } = v
      const sum = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
      const at = (array: Local): Emit => plus(get(array), get(place))
      startSum(sum)
      set(columns, times(get(rows), get(columns)))
      set(place, whole(0))
      alongRow(precision, place, times(get(columns), whole(single.bytes)), (lanes) => {
        const difference = lanes.width === 1 ? v.difference : v.wideDifference
        set(difference, lanes.sub(lanes.load(at(outputs)), lanes.load(at(targets))))
        addToSum(sum, lanes, get(difference), get(difference))
        lanes.store(at(predictions), lanes.load(at(outputs)))
      })
      f64Lane.store(get(result), f64Lane.div(totalOf(sum), asNumber(get(columns))))
      f64Lane.store(get(result), f64Lane.constant(0), 8)
    },
  })
})

/**
 * `(rows, samples, columns, outputs, targets, gradient)`: the gradient of the mean squared error of `samples` samples, of
 * which these rows are some or all, by the outputs.
 *
 *   dz_ij = 2 (z_ij - t_ij) / (samples columns)
 *
 * Shapes: outputs z, targets t, gradient [rows, columns]; the gradient may lie where targets do.
 */
export const squaredErrorBackward = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { narrow, splat } = conversionsOf[precision]
  return defineKernel({
    name: 'squaredErrorBackward',
    parameters: ['rows', 'samples', 'columns', 'outputs', 'targets', 'gradient'],
    locals: { place: i32, share: single.type, wideShare: vector.type },
    body(v) {
      const { rows, samples, columns, outputs, targets, gradient, place } = v
      const at = (array: Local): Emit => plus(get(array), get(place))
      const compared: Emit = asNumber(get(samples))
      const inRow: Emit = asNumber(get(columns))
      set(v.share, narrow(f64Lane.div(f64Lane.constant(2), f64Lane.mul(compared, inRow))))
      set(v.wideShare, splat(get(v.share)))
      set(place, whole(0))
      const bytes = times(times(get(rows), get(columns)), whole(single.bytes))
      alongRow(precision, place, bytes, (lanes) => {
        const share = lanes.width === 1 ? v.share : v.wideShare
        const difference = lanes.sub(lanes.load(at(outputs)), lanes.load(at(targets)))
        lanes.store(at(gradient), lanes.mul(difference, get(share)))
      })
    },
  })
})
