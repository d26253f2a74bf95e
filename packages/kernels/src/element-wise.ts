import { func, i32, type Local, type Type } from 'wasmati'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
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
) => void

export interface ElementWise {
  readonly name: string
  readonly precision: Precision
  /** How many arrays, all of the same length. */
  readonly arrays: number
  /** How many f64 the scalar block holds. */
  readonly scalars: number
  readonly temporaries: number
  readonly body: ElementWiseBody
}

/**
 * A kernel `(count, scalarBlock, array…)` that does the same at every place: a SIMD loop, then single elements.
 * `scalarBlock` is the address of f64 numbers, read once per call and rounded to the precision.
 */
export function elementWise({ name, precision, arrays, scalars, temporaries, body }: ElementWise): Kernel {
  const { vector, single } = lanesOf[precision]
  const perWidth = scalars + temporaries
  const values = (type: Type<'v128'> | Type<'f32'> | Type<'f64'>, count: number) =>
    Array.from({ length: count }, () => type)
  const kernel = func(
    {
      in: [i32, i32, ...Array.from({ length: arrays }, () => i32)],
      locals: [i32, ...values(vector.type, perWidth), ...values(single.type, perWidth)],
      out: [],
    },
    ([count, block, ...addresses], [end, ...rest]) => {
      const [first] = addresses
      const loop = (lanes: Lanes, places: readonly Local[], length: Emit): void => {
        const scalarPlaces = places.slice(0, scalars)
        for (const [index, place] of scalarPlaces.entries())
          set(place, lanes.loadScalar(get(block), 8 * index))
        set(end, plus(get(first), length))
        whileBelow(first, get(end), () => {
          body(
            lanes,
            addresses.map((address) => get(address)),
            scalarPlaces.map((place) => get(place)),
            places.slice(scalars),
          )
          for (const address of addresses) advance(address, whole(lanes.bytes))
        })
      }
      const bytes = times(get(count), whole(vector.elementBytes))
      // `count` becomes the bytes that are left for the tail.
      set(count, bytes)
      loop(vector, rest.slice(0, perWidth), () => i32.and(count, -vector.bytes))
      loop(single, rest.slice(perWidth), () => i32.and(count, vector.bytes - 1))
    },
  )
  return { name, func: kernel }
}

/** `(count, -, x, y)`: y = max(x, 0). */
export const relu = once((precision: Precision) =>
  elementWise({
    name: 'relu',
    precision,
    arrays: 2,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [x, y]) => lanes.store(y, lanes.max(lanes.load(x), lanes.constant(0))),
  }),
)

/** `(count, -, y, dy, dx)`: dx = dy where y > 0, else 0; y is the activation, not its input. */
export const reluBackward = once((precision: Precision) =>
  elementWise({
    name: 'reluBackward',
    precision,
    arrays: 3,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [y, dy, dx]) => {
      const zero = lanes.constant(0)
      lanes.store(dx, lanes.choose('>', lanes.load(y), zero, lanes.load(dy), zero))
    },
  }),
)

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
