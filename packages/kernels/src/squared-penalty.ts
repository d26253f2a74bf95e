import { f64, i32, if_, type Local, v128 } from './assembler/index.ts'
import { type Emit, get, plus, set, times, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { addToSum, startSum, sumIn, totalOf } from './sum.ts'

/**
 * `(count, w, gradient, beta, penalty)`: the penalty on the size of weights, one f64, which the gradient [count] takes in.
 *
 *   penalty = strength / 2 sum_i w_i^2 + beta penalty,  gradient_i += strength w_i
 *
 * beta is 0 or 1, and 0 does not read the penalty. The sum in f64, in a fixed order.
 */
export const squaredPenalty = once((precision: Precision, strength: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  const f64Lane = lanesOf.f64.single
  return defineKernel({
    name: 'squaredPenalty',
    parameters: ['count', 'w', 'gradient', 'beta', 'penalty'],
    locals: {
      place: i32,
      weight: single.type,
      wideWeight: vector.type,
      sumA: v128,
      sumB: v128,
      sumTail: f64,
      before: f64,
    },
    body(v) {
      const { count, w, gradient, beta, penalty, place, before } = v
      const sum = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
      const at = (array: Local): Emit => plus(get(array), get(place))
      startSum(sum)
      set(place, whole(0))
      alongRow(precision, place, times(get(count), whole(single.bytes)), (lanes) => {
        const weight = lanes.width === 1 ? v.weight : v.wideWeight
        set(weight, lanes.load(at(w)))
        addToSum(sum, lanes, get(weight), get(weight))
        const pull = lanes.mul(get(weight), lanes.constant(strength))
        lanes.store(at(gradient), lanes.add(lanes.load(at(gradient)), pull))
      })
      get(beta)()
      if_(() => set(before, f64Lane.load(get(penalty))))
      const own = f64Lane.mul(totalOf(sum), f64Lane.constant(strength / 2))
      f64Lane.store(get(penalty), f64Lane.add(own, get(before)))
    },
  })
})
