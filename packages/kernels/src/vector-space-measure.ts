import { f64x2, i32, v128 } from './assembler/index.ts'
import { advance, get, minus, plus, set, smaller, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { addToResult, blockLength, endOfWhole, pairsOf } from './vector-space-pairs.ts'

/** Pairs in one turn of the loop. */
const pairsAtOnce = 4

const { vector: wide, single } = lanesOf.f64

/**
 * `(length, a, b, out)`: out[0] = a . b, summed as `productsWithTwo` does; out[1] = max |a_i|, NaN if a coordinate of a is.
 */
export const dotAndLargest = once((precision: Precision): Kernel => {
  const { elementBytes, bytes, load, loadOne } = pairsOf[precision]
  return defineKernel({
    name: 'dotAndLargest',
    parameters: ['length', 'a', 'b', 'out'],
    locals: { end: i32, blockEnd: i32, wholeEnd: i32, sum: v128, pair: v128, largest: v128, nan: v128 },
    body({ length, a, b, out, end, blockEnd, wholeEnd, sum, pair, largest, nan }) {
      single.store(get(out), single.constant(0))
      set(end, plus(get(a), times(get(length), whole(elementBytes))))
      const addPair = (read: typeof load, index: number): void => {
        set(pair, read(get(a), index * bytes))
        set(sum, wide.add(get(sum), wide.mul(get(pair), read(get(b), index * bytes))))
        set(largest, () => {
          get(largest)()
          wide.abs(get(pair))()
          f64x2.pmax()
        })
        set(nan, () => {
          get(nan)()
          get(pair)()
          get(pair)()
          f64x2.ne()
          v128.or()
        })
      }
      const moveOn = (by: number): void => {
        for (const place of [a, b]) advance(place, whole(by))
      }
      whileBelow(a, get(end), () => {
        set(sum, wide.constant(0))
        const size = smaller(minus(get(end), get(a)), whole(blockLength * elementBytes))
        set(blockEnd, plus(get(a), size))
        set(wholeEnd, endOfWhole(a, blockEnd, pairsAtOnce * bytes))
        whileBelow(a, get(wholeEnd), () => {
          for (let index = 0; index < pairsAtOnce; index++) addPair(load, index)
          moveOn(pairsAtOnce * bytes)
        })
        set(wholeEnd, endOfWhole(a, blockEnd, bytes))
        whileBelow(a, get(wholeEnd), () => {
          addPair(load, 0)
          moveOn(bytes)
        })
        whileBelow(a, get(blockEnd), () => {
          addPair(loadOne, 0)
          moveOn(elementBytes)
        })
        addToResult(out, 0, sum)
      })
      // The maximum above passes over NaN; this one does not, and true in every bit is one.
      const lane = (index: number) => () => {
        get(largest)()
        get(nan)()
        v128.or()
        f64x2.extract_lane(index)
      }
      single.store(get(out), single.max(lane(0), lane(1)), 8)
    },
  })
})
