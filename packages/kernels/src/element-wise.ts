import { func, i32, type Local } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { constantsIn, keepingConstants } from './kept-constants.ts'
import { type Kernel, once } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'

/** What an element-wise kernel computes at one place: reads and writes through `at`, in any order. */
export type ElementWiseBody = (
  lanes: Lanes,
  /** The address of the place in each array. */
  at: readonly Emit[],
  /** The numbers read from the scalar block, in its order. */
  scalars: readonly Emit[],
  /** A place for an intermediate value, `temporaries` of them. */
  temporaries: readonly Local[],
  /** Adds a value, or its product with another, to one of the sums; both must be cheap to emit again. */
  addToSum: (sum: number, a: Emit, b?: Emit) => void,
) => void

export interface ElementWise {
  readonly name: string
  readonly precision: Precision
  /** How many arrays, all of the same length. */
  readonly arrays: number
  /** How many f64 of the scalar block are read; or which, by their places in it. */
  readonly scalars: number | readonly number[]
  readonly temporaries: number
  /** Whether constants are kept in locals: for bodies with many of them. */
  readonly keepsConstants?: boolean
  /**
   * Where running sums stand in the scalar block, `sumLength` f64 each: read at the start and written at the end, so
   * that an array may be summed in parts: to the same bits as in one piece if all parts but the last are whole vectors.
   */
  readonly sums?: readonly number[]
  readonly body: ElementWiseBody
}

/** f64 that a running sum takes in a scalar block: four lanes, and the elements that fill no vector. */
export const sumLength = 5

/**
 * A kernel `(count, scalarBlock, array…)` that does the same at every place: a SIMD loop, then single elements.
 * `scalarBlock` is the address of f64 numbers, read once per call and rounded to the precision.
 */
export function elementWise(text: ElementWise): Kernel {
  const { name, precision, arrays, temporaries, body, sums = [] } = text
  const slots = typeof text.scalars === 'number' ? [...Array(text.scalars).keys()] : text.scalars
  const { vector, single } = lanesOf[precision]
  const locals = (lanes: Lanes): (Lanes['type'] | Lanes['sumType'])[] => [
    ...Array.from({ length: slots.length + temporaries }, () => lanes.type),
    ...Array.from({ length: sums.length * lanes.sums }, () => lanes.sumType),
  ]
  const constants = text.keepsConstants ? constantsIn(vector, bodyAlone(text, slots.length)) : []
  const kernel = func(
    {
      in: [i32, i32, ...Array.from({ length: arrays }, () => i32)],
      locals: [i32, ...locals(vector), ...locals(single), ...constants.map(() => vector.type)],
      out: [],
    },
    ([count, block, ...addresses], [end, ...rest]) => {
      const [first] = addresses
      const loop = (lanes: Lanes, places: readonly Local[], sumSlot: number, length: Emit): void => {
        const scalarPlaces = places.slice(0, slots.length)
        const sumPlaces = sums.map((_, index) => {
          const start = slots.length + temporaries + index * lanes.sums
          return places.slice(start, start + lanes.sums)
        })
        for (const [index, place] of scalarPlaces.entries())
          set(place, lanes.loadScalar(get(block), 8 * slots[index]))
        for (const [index, sum] of sums.entries()) {
          for (const [part, place] of sumPlaces[index].entries())
            set(place, lanes.loadSum(get(block), 8 * (sum + sumSlot) + 16 * part))
        }
        set(end, plus(get(first), length))
        whileBelow(first, get(end), () => {
          body(
            lanes,
            addresses.map((address) => get(address)),
            scalarPlaces.map((place) => get(place)),
            places.slice(slots.length, slots.length + temporaries),
            (sum, a, b) => lanes.addToSum(sumPlaces[sum], a, b),
          )
          for (const address of addresses) advance(address, whole(lanes.bytes))
        })
        for (const [index, sum] of sums.entries()) {
          for (const [part, place] of sumPlaces[index].entries())
            lanes.storeSum(get(block), get(place), 8 * (sum + sumSlot) + 16 * part)
        }
      }
      const bytes = times(get(count), whole(vector.elementBytes))
      // `count` becomes the bytes that are left for the tail.
      set(count, bytes)
      const vectorPlaces = locals(vector).length
      const kept = rest.slice(rest.length - constants.length)
      for (const [index, place] of kept.entries()) set(place, vector.constant(constants[index]))
      loop(keepingConstants(vector, constants, kept), rest.slice(0, vectorPlaces), 0, () =>
        i32.and(count, -vector.bytes),
      )
      loop(single, rest.slice(vectorPlaces), sumLength - 1, () => i32.and(count, vector.bytes - 1))
    },
  )
  return { name, func: kernel }
}

/** A body to be looked at, not run. */
function bodyAlone({ arrays, temporaries, body }: ElementWise, scalars: number): (lanes: Lanes) => void {
  const nowhere: Local = { type: 'i32', index: 0 }
  const places = (count: number): Local[] => Array.from({ length: count }, () => nowhere)
  const [at, numbers] = [arrays, scalars].map((count) => places(count).map((place) => get(place)))
  return (lanes) => body(lanes, at, numbers, places(temporaries), () => {})
}

/** `(count, [factor], x, y)`: y += factor x. */
export const axpy = once((precision: Precision) =>
  elementWise({
    name: 'axpy',
    precision,
    arrays: 2,
    scalars: 1,
    temporaries: 0,
    body: (lanes, [x, y], [factor]) =>
      lanes.store(y, lanes.add(lanes.load(y), lanes.mul(factor, lanes.load(x)))),
  }),
)

/** `(count, [factor], x)`: x *= factor. */
export const scale = once((precision: Precision) =>
  elementWise({
    name: 'scale',
    precision,
    arrays: 1,
    scalars: 1,
    temporaries: 0,
    body: (lanes, [x], [factor]) => lanes.store(x, lanes.mul(factor, lanes.load(x))),
  }),
)

/** `(count, [alpha, beta], x, y)`: y = alpha x + beta y. */
export const combine = once((precision: Precision) =>
  elementWise({
    name: 'combine',
    precision,
    arrays: 2,
    scalars: 2,
    temporaries: 0,
    body: (lanes, [x, y], [alpha, beta]) =>
      lanes.store(y, lanes.add(lanes.mul(alpha, lanes.load(x)), lanes.mul(beta, lanes.load(y)))),
  }),
)

/** `(count, -, x, y)`: y = x. */
export const copy = once((precision: Precision) =>
  elementWise({
    name: 'copy',
    precision,
    arrays: 2,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [x, y]) => lanes.store(y, lanes.load(x)),
  }),
)

/** `(count, -, x, y, sum)`: sum = x + y, which may lie where x or y does. */
export const add = once((precision: Precision) =>
  elementWise({
    name: 'add',
    precision,
    arrays: 3,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [x, y, sum]) => lanes.store(sum, lanes.add(lanes.load(x), lanes.load(y))),
  }),
)

/** `(count, -, x, y, product)`: the Hadamard product, product = x y element by element; it may lie where x or y does. */
export const hadamard = once((precision: Precision) =>
  elementWise({
    name: 'hadamard',
    precision,
    arrays: 3,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [x, y, product]) => lanes.store(product, lanes.mul(lanes.load(x), lanes.load(y))),
  }),
)

/** `(count, -, x1, …, xn)`: x1 += x2 + … + xn, from left to right. */
export const sumArrays = once((precision: Precision, count: number) =>
  elementWise({
    name: 'sumArrays',
    precision,
    arrays: count,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [total, ...others]) => {
      const sum = others.reduce((before, each) => lanes.add(before, lanes.load(each)), lanes.load(total))
      lanes.store(total, sum)
    },
  }),
)
