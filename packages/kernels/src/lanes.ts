import {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  i64x2,
  type Local,
  select,
  type Type,
  v128,
} from './assembler/index.ts'
import type { Emit } from './emit.ts'
import {
  arithmetic,
  byElement,
  type Comparison,
  lowerHalf,
  multiplyAdd,
  promoted,
  reader,
  summing,
  type Transcendental,
  upperHalf,
  writer,
} from './lane-operations.ts'

/** The width of an element: f32 or f64. */
export type Precision = 'f32' | 'f64'

/**
 * Arithmetic over values of one width: the same kernel text makes a SIMD body when given 128-bit lanes, and its tail
 * when given single elements. All operations are IEEE 754 and round as the element's type does.
 */
export interface Lanes {
  /** Elements in a value. */
  readonly width: number
  /** Bytes of one element, and of one value. */
  readonly elementBytes: number
  readonly bytes: number
  readonly type: Type<'v128'> | Type<'f32'> | Type<'f64'>
  load(address: Emit, offset?: number): Emit
  store(address: Emit, value: Emit, offset?: number): void
  /** Every lane the same element of memory. */
  loadSplat(address: Emit, offset?: number): Emit
  /** Every lane the same f64 of memory, rounded to the element's type. */
  loadScalar(address: Emit, offset?: number): Emit
  constant(value: number): Emit
  add(a: Emit, b: Emit): Emit
  sub(a: Emit, b: Emit): Emit
  mul(a: Emit, b: Emit): Emit
  div(a: Emit, b: Emit): Emit
  /** NaN if either is; -0 is below 0. */
  min(a: Emit, b: Emit): Emit
  max(a: Emit, b: Emit): Emit
  sqrt(a: Emit): Emit
  abs(a: Emit): Emit
  neg(a: Emit): Emit
  /** Lane by lane `yes` where `a operator b` holds, else `no`. */
  choose(operator: Comparison, a: Emit, b: Emit, yes: Emit, no: Emit): Emit
  /** `a * b + c` in one instruction that may or may not round in between, by engine and machine; the tail does. */
  relaxedMultiplyAdd(a: Emit, b: Emit, c: Emit): Emit
  /** Slow, about 10 ns an element; the operands are emitted once an element. */
  transcendental(name: Transcendental, operands: readonly Emit[]): Emit
  /** Places that a running sum takes, all of `sumType`: sums are f64 whatever the elements are. */
  readonly sums: number
  readonly sumType: Type<'v128'> | Type<'f64'>
  loadSum(address: Emit, offset: number): Emit
  storeSum(address: Emit, sum: Emit, offset: number): void
  /** Adds the elements of `a`, or their products with those of `b`, to the sum; the operands are emitted `sums` times. */
  addToSum(sum: readonly Local[], a: Emit, b: Emit | undefined): void
  /** `value` times 2 to the power that stands in the low bits of `exponent`'s mantissa; the result must be normal. */
  scaleByPowerOfTwo(value: Emit, exponent: Emit): Emit
}

const f32x4Lanes: Lanes = {
  ...arithmetic(f32x4, v128.bitselect),
  width: 4,
  elementBytes: 4,
  bytes: 16,
  type: v128,
  load: reader((place) => v128.load(place)),
  store: writer((place) => v128.store(place)),
  loadSplat: reader((place) => v128.load32_splat(place)),
  loadScalar: reader(
    (place) => f64.load(place),
    () => {
      f32.demote_f64()
      f32x4.splat()
    },
  ),
  constant: (value) => () => {
    f32.const(Math.fround(value))
    f32x4.splat()
  },
  relaxedMultiplyAdd: (a, b, c) => () => {
    a()
    b()
    c()
    f32x4.relaxed_madd()
  },
  transcendental: byElement(
    4,
    (lane) => {
      f32x4.extract_lane(lane)
      f64.promote_f32()
    },
    (lane) => {
      f32.demote_f64()
      if (lane === 0) f32x4.splat()
      else f32x4.replace_lane(lane)
    },
  ),
  sums: 2,
  sumType: v128,
  loadSum: reader((place) => v128.load(place)),
  storeSum: writer((place) => v128.store(place)),
  addToSum: summing(
    [lowerHalf, upperHalf],
    () => f64x2.add(),
    () => f64x2.mul(),
  ),
  scaleByPowerOfTwo: (value, exponent) => () => {
    value()
    exponent()
    i32.const(23)
    i32x4.shl()
    i32x4.add()
  },
}

const f32Lane: Lanes = {
  ...arithmetic(f32, select),
  width: 1,
  elementBytes: 4,
  bytes: 4,
  type: f32,
  load: reader((place) => f32.load(place)),
  store: writer((place) => f32.store(place)),
  loadSplat: reader((place) => f32.load(place)),
  loadScalar: reader(
    (place) => f64.load(place),
    () => f32.demote_f64(),
  ),
  constant: (value) => () => f32.const(Math.fround(value)),
  relaxedMultiplyAdd: multiplyAdd(f32),
  transcendental: byElement(
    1,
    () => f64.promote_f32(),
    () => f32.demote_f64(),
  ),
  sums: 1,
  sumType: f64,
  loadSum: reader((place) => f64.load(place)),
  storeSum: writer((place) => f64.store(place)),
  addToSum: summing(
    [promoted],
    () => f64.add(),
    () => f64.mul(),
  ),
  scaleByPowerOfTwo: (value, exponent) => () => {
    value()
    i32.reinterpret_f32()
    exponent()
    i32.reinterpret_f32()
    i32.const(23)
    i32.shl()
    i32.add()
    f32.reinterpret_i32()
  },
}

const f64x2Lanes: Lanes = {
  ...arithmetic(f64x2, v128.bitselect),
  width: 2,
  elementBytes: 8,
  bytes: 16,
  type: v128,
  load: reader((place) => v128.load(place)),
  store: writer((place) => v128.store(place)),
  loadSplat: reader((place) => v128.load64_splat(place)),
  loadScalar: reader((place) => v128.load64_splat(place)),
  constant: (value) => () => {
    f64.const(value)
    f64x2.splat()
  },
  relaxedMultiplyAdd: (a, b, c) => () => {
    a()
    b()
    c()
    f64x2.relaxed_madd()
  },
  transcendental: byElement(
    2,
    (lane) => f64x2.extract_lane(lane),
    (lane) => (lane === 0 ? f64x2.splat() : f64x2.replace_lane(lane)),
  ),
  sums: 1,
  sumType: v128,
  loadSum: reader((place) => v128.load(place)),
  storeSum: writer((place) => v128.store(place)),
  addToSum: summing(
    [(value) => value()],
    () => f64x2.add(),
    () => f64x2.mul(),
  ),
  scaleByPowerOfTwo: (value, exponent) => () => {
    value()
    exponent()
    i32.const(52)
    i64x2.shl()
    i64x2.add()
  },
}

const f64Lane: Lanes = {
  ...arithmetic(f64, select),
  width: 1,
  elementBytes: 8,
  bytes: 8,
  type: f64,
  load: reader((place) => f64.load(place)),
  store: writer((place) => f64.store(place)),
  loadSplat: reader((place) => f64.load(place)),
  loadScalar: reader((place) => f64.load(place)),
  constant: (value) => () => f64.const(value),
  relaxedMultiplyAdd: multiplyAdd(f64),
  transcendental: byElement(
    1,
    () => {},
    () => {},
  ),
  sums: 1,
  sumType: f64,
  loadSum: reader((place) => f64.load(place)),
  storeSum: writer((place) => f64.store(place)),
  addToSum: summing(
    [(value) => value()],
    () => f64.add(),
    () => f64.mul(),
  ),
  scaleByPowerOfTwo: (value, exponent) => () => {
    value()
    i64.reinterpret_f64()
    exponent()
    i64.reinterpret_f64()
    i64.const(52n)
    i64.shl()
    i64.add()
    f64.reinterpret_i64()
  },
}

/** Bytes of one element. */
export const elementBytes: Readonly<Record<Precision, number>> = { f32: 4, f64: 8 }

/** The SIMD lanes of a precision, and the single lane for the tail. */
export const lanesOf: Readonly<Record<Precision, { readonly vector: Lanes; readonly single: Lanes }>> = {
  f32: { vector: f32x4Lanes, single: f32Lane },
  f64: { vector: f64x2Lanes, single: f64Lane },
}
