import { call, f64, f64x2, i32, if_, local, v128 } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { dot } from './reductions.ts'

const { vector, single } = lanesOf.f32

/** Squares of f32 are added up as f32 in blocks of so many, 16 to a lane: within 1e-6 of their sum, and twice as fast. */
const blockVectors = 16
const blockBytes = blockVectors * vector.bytes

/** Outside of these the square of an f32 may have been too large or too small to be one. */
const [leastSum, mostSum] = [1e-25, 1e38]

/**
 * `(count, x, result)`: the sum of the squares of x, as one f64 at `result`; the order is fixed by `count` alone.
 *
 * In f64 it is `dot` of x with itself, and in f32 where x is so large or so small that squares of f32 would not do.
 */
export function sumOfSquares(precision: Precision): Kernel {
  return sumOfSquaresOnce(precision)
}

const sumOfSquaresOnce = once((precision: Precision): Kernel => {
  const exact = dot(precision)
  return defineKernel({
    name: 'sumOfSquares',
    parameters: ['count', 'x', 'result'],
    locals: { end: i32, at: i32, low: v128, high: v128, a: v128, b: v128, c: v128, d: v128, sum: f64 },
    body({ count, x, result, end, at, low, high, a, b, c, d, sum }) {
      const computeExactly: Emit = () => {
        for (const value of [count, x, x, result]) local.get(value)
        call(exact.func)
      }
      if (precision === 'f64') {
        computeExactly()
        return
      }
      const lanes = [a, b, c, d]
      set(at, get(x))
      const bytes = times(get(count), whole(single.bytes))
      set(
        end,
        plus(get(x), () => {
          bytes()
          i32.const(-blockBytes)
          i32.and()
        }),
      )
      whileBelow(at, get(end), () => {
        for (let index = 0; index < blockVectors; index++) {
          const lane = lanes[index % lanes.length]
          const value = vector.load(get(at), index * vector.bytes)
          const square = vector.mul(value, value)
          set(lane, index < lanes.length ? square : vector.add(get(lane), square))
        }
        set(a, vector.add(vector.add(get(a), get(b)), vector.add(get(c), get(d))))
        vector.addToSum([low, high], get(a), undefined)
        advance(at, whole(blockBytes))
      })
      set(end, plus(get(x), bytes))
      whileBelow(at, get(end), () => {
        single.addToSum([sum], single.load(get(at)), single.load(get(at)))
        advance(at, whole(single.bytes))
      })
      local.get(low)
      local.get(high)
      f64x2.add()
      local.set(low)
      set(sum, () => {
        local.get(low)
        f64x2.extract_lane(0)
        local.get(low)
        f64x2.extract_lane(1)
        f64.add()
        local.get(sum)
        f64.add()
      })
      local.get(sum)
      f64.const(leastSum)
      f64.ge()
      local.get(sum)
      f64.const(mostSum)
      f64.le()
      i32.and()
      if_(() => {
        local.get(result)
        local.get(sum)
        f64.store()
      }, computeExactly)
    },
  })
})
