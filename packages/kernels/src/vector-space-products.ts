import { call, type EmittedFunction, func, i32, type Local, v128 } from './assembler/index.ts'
import { advance, get, minus, plus, set, smaller, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { addressBytes, eachGroup, firstGroup } from './vector-space-groups.ts'
import { addToResult, blockLength, endOfWhole, pairsOf } from './vector-space-pairs.ts'

/** Vectors that are multiplied with a block of a and b at the same time. */
const vectorsAtOnce = 4

/** Pairs in one turn of the loop. */
const pairsAtOnce = 2

const { vector: wide } = lanesOf.f64
const resultBytes = 2 * 8

/**
 * `(length, vectors, count, a, b, out)`: out[2 i] = v . a, out[2 i + 1] = v . b for each v of the `count` vectors; `count`
 * >= 1. Each vector is read once.
 *
 * `vectors` are addresses (i32), `out` is f64. Summed in f64, in an order that `length` alone fixes: see `blockLength`.
 */
export const productsWithTwo = once((precision: Precision): Kernel => {
  const { elementBytes } = pairsOf[precision]
  const starts = Array.from({ length: vectorsAtOnce }, (_, index) => groupProducts(precision, index + 1))
  const others = starts[vectorsAtOnce - 1]
  return defineKernel({
    name: 'productsWithTwo',
    parameters: ['length', 'vectors', 'count', 'a', 'b', 'out'],
    locals: { offset: i32, size: i32, vector: i32, result: i32, first: i32, end: i32 },
    body({ length, vectors, count, a, b, out, offset, size, vector, result, first, end }) {
      const groups = { starts, others, first, vector, beside: result, besideBytes: resultBytes, end }
      set(result, get(out))
      set(end, plus(get(out), times(get(count), whole(resultBytes))))
      whileBelow(result, get(end), () => {
        wide.store(get(result), wide.constant(0))
        advance(result, whole(resultBytes))
      })
      set(length, times(get(length), whole(elementBytes)))
      set(first, firstGroup(count, vectorsAtOnce))
      set(end, plus(get(vectors), times(get(count), whole(addressBytes))))
      whileBelow(offset, get(length), () => {
        set(size, smaller(minus(get(length), get(offset)), whole(blockLength * elementBytes)))
        set(vector, get(vectors))
        set(result, get(out))
        eachGroup(groups, (group) => {
          for (const value of [offset, size, vector, a, b, result]) get(value)()
          call(group)
        })
        advance(offset, whole(blockLength * elementBytes))
      })
    },
  })
})

/** `(offset, size, vectors, a, b, out)`: adds the products of `count` vectors over `size` bytes from `offset` on to `out`. */
function groupProducts(precision: Precision, count: number): EmittedFunction {
  const { elementBytes, bytes, load, loadOne } = pairsOf[precision]
  const each = <T>(item: T): T[] => Array.from({ length: count }, () => item)
  return func(
    {
      in: [i32, i32, i32, i32, i32, i32],
      locals: [i32, i32, v128, v128, v128, ...each(i32), ...each(v128), ...each(v128)],
      out: [],
    },
    ([offset, size, addresses, a, b, out], [end, wholeEnd, pairA, pairB, pair, ...rest]) => {
      const vectors = rest.slice(0, count) as readonly Local<'i32'>[]
      const sumsA = rest.slice(count, 2 * count)
      const sumsB = rest.slice(2 * count)
      for (const [index, vector] of vectors.entries()) {
        const address = (): void => {
          get(addresses)()
          i32.load({ offset: addressBytes * index })
        }
        set(vector, plus(address, get(offset)))
      }
      for (const operand of [a, b]) advance(operand, get(offset))
      set(end, plus(get(a), get(size)))
      set(wholeEnd, endOfWhole(a, end, pairsAtOnce * bytes))
      const addPair = (read: typeof load, at: number): void => {
        set(pairA, read(get(a), at))
        set(pairB, read(get(b), at))
        for (const [index, vector] of vectors.entries()) {
          set(pair, read(get(vector), at))
          set(sumsA[index], wide.add(get(sumsA[index]), wide.mul(get(pair), get(pairA))))
          set(sumsB[index], wide.add(get(sumsB[index]), wide.mul(get(pair), get(pairB))))
        }
      }
      const moveOn = (by: number): void => {
        for (const place of [a, b, ...vectors]) advance(place, whole(by))
      }
      whileBelow(a, get(wholeEnd), () => {
        for (let index = 0; index < pairsAtOnce; index++) addPair(load, index * bytes)
        moveOn(pairsAtOnce * bytes)
      })
      set(wholeEnd, endOfWhole(a, end, bytes))
      whileBelow(a, get(wholeEnd), () => {
        addPair(load, 0)
        moveOn(bytes)
      })
      whileBelow(a, get(end), () => {
        addPair(loadOne, 0)
        moveOn(elementBytes)
      })
      for (let index = 0; index < count; index++) {
        addToResult(out, resultBytes * index, sumsA[index])
        addToResult(out, resultBytes * index + 8, sumsB[index])
      }
    },
  )
}
