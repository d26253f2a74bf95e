import { f32, f64, f64x2, i32, local, v128 } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/**
 * `(count, x, y, result)`: the sum over i of x[i] y[i], as one f64 at `result`.
 *
 * Accumulates in f64 in two lanes, even and odd places, that are added at the end: the order is fixed by `count` alone.
 * The sum of squares is `dot` of an array with itself.
 */
export const dot = once((precision: Precision): Kernel => {
  const { elementBytes } = lanesOf[precision].single
  const pair: (address: Emit) => Emit = (address) => () => {
    address()
    if (precision === 'f64') v128.load()
    else {
      v128.load64_zero()
      f64x2.promote_low_f32x4()
    }
  }
  const one: (address: Emit) => Emit = (address) => () => {
    address()
    if (precision === 'f64') f64.load()
    else {
      f32.load()
      f64.promote_f32()
    }
  }
  return defineKernel({
    name: 'dot',
    parameters: ['count', 'x', 'y', 'result'],
    locals: { end: i32, sums: v128, sum: f64 },
    body({ count, x, y, result, end, sums, sum }) {
      set(sums, () => {
        f64.const(0)
        f64x2.splat()
      })
      set(
        end,
        plus(
          get(x),
          times(() => i32.and(count, -2), whole(elementBytes)),
        ),
      )
      whileBelow(x, get(end), () => {
        set(sums, () => {
          local.get(sums)
          pair(get(x))()
          pair(get(y))()
          f64x2.mul()
          f64x2.add()
        })
        advance(x, whole(2 * elementBytes))
        advance(y, whole(2 * elementBytes))
      })
      set(sum, () => {
        local.get(sums)
        f64x2.extract_lane(0)
        local.get(sums)
        f64x2.extract_lane(1)
        f64.add()
      })
      set(
        end,
        plus(
          get(x),
          times(() => i32.and(count, 1), whole(elementBytes)),
        ),
      )
      whileBelow(x, get(end), () => {
        set(sum, () => {
          local.get(sum)
          one(get(x))()
          one(get(y))()
          f64.mul()
          f64.add()
        })
        advance(x, whole(elementBytes))
        advance(y, whole(elementBytes))
      })
      local.get(result)
      local.get(sum)
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
