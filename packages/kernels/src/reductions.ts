import { f64, f64x2, i32, local, v128 } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/** Elements that are multiplied in one turn, each added to a sum of its own: additions then wait for no other. */
const elementsAtOnce = 8

/**
 * `(count, x, y, result)`: the sum over i of x[i] y[i], as one f64 at `result`.
 *
 * Accumulates in f64, in eight sums that take turns, and what fills no turn in a ninth; they are added at the end. The
 * order is fixed by `count` alone. The sum of squares is `dot` of an array with itself.
 */
export const dot = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const bytesAtOnce = elementsAtOnce * vector.elementBytes
  const vectors = Array.from({ length: elementsAtOnce / vector.width }, (_, index) => index)
  return defineKernel({
    name: 'dot',
    parameters: ['count', 'x', 'y', 'result'],
    locals: { end: i32, sum0: v128, sum1: v128, sum2: v128, sum3: v128, rest: f64 },
    body({ count, x, y, result, end, sum0, sum1, sum2, sum3, rest }) {
      const sums = [sum0, sum1, sum2, sum3]
      const bytes = times(get(count), whole(vector.elementBytes))
      for (const sum of sums) {
        set(sum, () => {
          f64.const(0)
          f64x2.splat()
        })
      }
      set(count, bytes)
      set(
        end,
        plus(get(x), () => i32.and(count, -bytesAtOnce)),
      )
      whileBelow(x, get(end), () => {
        for (const index of vectors) {
          const places = sums.slice(index * vector.sums, (index + 1) * vector.sums)
          const [a, b] = [x, y].map((array) => vector.load(get(array), index * vector.bytes))
          vector.addToSum(places, a, b)
        }
        for (const array of [x, y]) advance(array, whole(bytesAtOnce))
      })
      set(
        end,
        plus(get(x), () => i32.and(count, bytesAtOnce - 1)),
      )
      whileBelow(x, get(end), () => {
        single.addToSum([rest], single.load(get(x)), single.load(get(y)))
        for (const array of [x, y]) advance(array, whole(single.bytes))
      })
      const added =
        (a: Emit, b: Emit): Emit =>
        () => {
          a()
          b()
          f64x2.add()
        }
      set(sum0, added(added(get(sum0), get(sum1)), added(get(sum2), get(sum3))))
      local.get(result)
      local.get(sum0)
      f64x2.extract_lane(0)
      local.get(sum0)
      f64x2.extract_lane(1)
      f64.add()
      local.get(rest)
      f64.add()
      f64.store()
    },
  })
})

/** `(number, floor)`: the f64 at `number`, a sum of squares, becomes 1 over its root, which is at least `floor`. */
export const reciprocalNorm: Kernel = defineKernel({
  name: 'reciprocalNorm',
  parameters: ['number', 'floor'],
  locals: { norm: f64 },
  body({ number, floor, norm }) {
    const { single } = lanesOf.f64
    set(norm, single.max(single.sqrt(single.load(get(number))), single.load(get(floor))))
    single.store(get(number), single.div(single.constant(1), get(norm)))
  },
})
