import { call, type EmittedFunction, f32x4, func, i32, type Local, v128 } from './assembler/index.ts'
import { advance, type Emit, get, minus, plus, set, smaller, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { writer } from './lane-operations.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { addressBytes, eachGroup, firstGroup } from './vector-space-groups.ts'
import { blockLength, endOfWhole, pairsOf } from './vector-space-pairs.ts'

/** Vectors that are added in one pass over a block of the sum. */
const vectorsAtOnce = 8

/** Pairs in one turn of the loop. */
const pairsAtOnce = 2

const { add, mul } = lanesOf.f64.vector
const { f64: wide } = pairsOf
const store = writer((place) => v128.store(place))
const storeOne = writer((place) => v128.store64_lane(0, place))
const storeOneSingle = writer((place) => v128.store32_lane(0, place))

/**
 * `(length, vectors, count, coefficients, out, scratch)`: out = the sum of coefficients[i] times the vector at
 * vectors[i], from left to right in f64; `count` >= 1, and out may be the first vector.
 *
 * `vectors` are addresses (i32), `coefficients` f64. In f32, `scratch` holds `blockLength` f64; else it is not used. Goes
 * from the last block to the first: where `productsWithTwo` has gone through the same vectors, their last blocks are in
 * the cache.
 */
export const combineVectors = once((precision: Precision): Kernel => {
  const { elementBytes } = pairsOf[precision]
  const blockBytes = blockLength * elementBytes
  const starts = Array.from({ length: vectorsAtOnce }, (_, index) => groupSum(precision, index + 1, true))
  const others = groupSum(precision, vectorsAtOnce, false)
  return defineKernel({
    name: 'combineVectors',
    parameters: ['length', 'vectors', 'count', 'coefficients', 'out', 'scratch'],
    locals: { zero: i32, offset: i32, sum: i32, end: i32, vector: i32, coefficient: i32, first: i32 },
    body({
      length,
      vectors,
      count,
      coefficients,
      out,
      scratch,
      zero,
      offset,
      sum,
      end,
      vector,
      coefficient,
      first,
    }) {
      const addGroup = (group: EmittedFunction): void => {
        for (const value of [sum, end, vector, coefficient, offset]) get(value)()
        call(group)
      }
      set(length, times(get(length), whole(elementBytes)))
      const groups = { starts, others, first, vector, beside: coefficient, besideBytes: 8, end: count }
      set(first, firstGroup(count, vectorsAtOnce))
      set(count, plus(get(vectors), times(get(count), whole(addressBytes))))
      set(offset, () => {
        plus(get(length), whole(blockBytes - 1))()
        i32.const(-blockBytes)
        i32.and()
      })
      whileBelow(zero, get(offset), () => {
        advance(offset, whole(-blockBytes))
        set(sum, precision === 'f64' ? plus(get(out), get(offset)) : get(scratch))
        set(end, smaller(minus(get(length), get(offset)), whole(blockBytes)))
        set(end, plus(get(sum), times(get(end), whole(8 / elementBytes))))
        set(vector, get(vectors))
        set(coefficient, get(coefficients))
        eachGroup(groups, addGroup)
        if (precision === 'f32') {
          for (const value of [get(sum), get(end), plus(get(out), get(offset))]) value()
          call(narrow)
        }
      })
    },
  })
})

/**
 * `(sum, end, vectors, coefficients, offset)`: adds `count` vectors, each times its coefficient and from `offset` bytes
 * on, to the f64 in [sum, end); or sets these to the vectors' sum, if it `starts` there.
 */
function groupSum(precision: Precision, count: number, starts: boolean): EmittedFunction {
  const { elementBytes, bytes, load, loadOne } = pairsOf[precision]
  const types = [...Array.from({ length: count }, () => i32), ...Array.from({ length: count }, () => v128)]
  return func(
    { in: [i32, i32, i32, i32, i32], locals: types, out: [] },
    ([sum, end, addresses, coefficients, offset], locals) => {
      const vectors = locals.slice(0, count) as readonly Local<'i32'>[]
      const factors = locals.slice(count)
      for (let index = 0; index < count; index++) {
        set(
          vectors[index],
          plus(() => {
            get(addresses)()
            i32.load({ offset: addressBytes * index })
          }, get(offset)),
        )
        set(factors[index], lanesOf.f64.vector.loadSplat(get(coefficients), 8 * index))
      }
      const plusTerms = (before: Emit | undefined, term: (vector: Emit) => Emit): Emit => {
        const terms = vectors.map((vector, index) => mul(get(factors[index]), term(get(vector))))
        return (before === undefined ? terms : [before, ...terms]).reduce(add)
      }
      const turnBytes = pairsAtOnce * wide.bytes
      // From here on, `offset` is where whole turns end.
      set(offset, endOfWhole(sum, end, turnBytes))
      whileBelow(sum, get(offset), () => {
        for (let pair = 0; pair < pairsAtOnce; pair++) {
          const before = starts ? undefined : wide.load(get(sum), pair * wide.bytes)
          store(
            get(sum),
            plusTerms(before, (vector) => load(vector, pair * bytes)),
            pair * wide.bytes,
          )
        }
        advance(sum, whole(turnBytes))
        for (const vector of vectors) advance(vector, whole(pairsAtOnce * bytes))
      })
      whileBelow(sum, get(end), () => {
        const before = starts ? undefined : wide.loadOne(get(sum))
        storeOne(get(sum), plusTerms(before, loadOne))
        advance(sum, whole(wide.elementBytes))
        for (const vector of vectors) advance(vector, whole(elementBytes))
      })
    },
  )
}

/** `(sum, end, out)`: rounds the f64 in [sum, end) to f32 at `out`. */
const narrow = func({ in: [i32, i32, i32], locals: [i32], out: [] }, ([sum, end, out], [pairsEnd]) => {
  const { elementBytes, bytes } = pairsOf.f32
  const narrowed =
    (value: Emit): Emit =>
    () => {
      value()
      f32x4.demote_f64x2_zero()
    }
  set(pairsEnd, endOfWhole(sum, end, wide.bytes))
  whileBelow(sum, get(pairsEnd), () => {
    storeOne(get(out), narrowed(wide.load(get(sum))))
    advance(sum, whole(wide.bytes))
    advance(out, whole(bytes))
  })
  whileBelow(sum, get(end), () => {
    storeOneSingle(get(out), narrowed(wide.loadOne(get(sum))))
    advance(sum, whole(wide.elementBytes))
    advance(out, whole(elementBytes))
  })
})
