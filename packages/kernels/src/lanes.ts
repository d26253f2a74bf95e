import {
  call,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i32,
  i32x4,
  i64,
  i64x2,
  importFunc,
  type Local,
  local,
  select,
  type Type,
  v128,
} from './assembler/index.ts'
import { type Emit, get } from './emit.ts'

/** The width of an element: f32 or f64. */
export type Precision = 'f32' | 'f64'

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='

/** What SIMD has no instruction for: computed by the language's own function, element by element in f64. */
export type Transcendental = 'exp' | 'log' | 'pow'

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

type Instruction = () => unknown

interface Instructions {
  readonly add: Instruction
  readonly sub: Instruction
  readonly mul: Instruction
  readonly div: Instruction
  readonly min: Instruction
  readonly max: Instruction
  readonly sqrt: Instruction
  readonly abs: Instruction
  readonly neg: Instruction
  readonly lt: Instruction
  readonly le: Instruction
  readonly gt: Instruction
  readonly ge: Instruction
  readonly eq: Instruction
  readonly ne: Instruction
}

const comparison = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '==': 'eq', '!=': 'ne' } as const

/** The operations that differ only in the name of their type. */
function arithmetic(instructions: Instructions, pick: Instruction) {
  const unary = (instruction: Instruction) => (a: Emit) => () => {
    a()
    instruction()
  }
  const binary = (instruction: Instruction) => (a: Emit, b: Emit) => () => {
    a()
    b()
    instruction()
  }
  return {
    add: binary(instructions.add),
    sub: binary(instructions.sub),
    mul: binary(instructions.mul),
    div: binary(instructions.div),
    min: binary(instructions.min),
    max: binary(instructions.max),
    sqrt: unary(instructions.sqrt),
    abs: unary(instructions.abs),
    neg: unary(instructions.neg),
    choose: (operator: Comparison, a: Emit, b: Emit, yes: Emit, no: Emit) => () => {
      yes()
      no()
      a()
      b()
      instructions[comparison[operator]]()
      pick()
    },
  }
}

const transcendentals = {
  exp: importFunc({ in: [f64], out: [f64] }, Math.exp),
  log: importFunc({ in: [f64], out: [f64] }, Math.log),
  pow: importFunc({ in: [f64, f64], out: [f64] }, Math.pow),
}

/** Takes vectors apart, computes each element in f64, and puts the results together. */
function byElement(elements: number, pick: (lane: number) => void, put: (lane: number) => void) {
  return (name: Transcendental, operands: readonly Emit[]): Emit =>
    () => {
      for (let lane = 0; lane < elements; lane++) {
        for (const operand of operands) {
          operand()
          pick(lane)
        }
        call(transcendentals[name])
        put(lane)
      }
    }
}

/** Adds to running sums: each part of an element's value, widened to f64, to its own place. */
function summing(
  parts: readonly ((value: Emit) => void)[],
  add: Instruction,
  mul: Instruction,
): (sum: readonly Local[], a: Emit, b: Emit | undefined) => void {
  return (sum, a, b) => {
    for (const [index, part] of parts.entries()) {
      get(sum[index])()
      part(a)
      if (b !== undefined) {
        part(b)
        mul()
      }
      add()
      local.set(sum[index])
    }
  }
}

function promoted(value: Emit): void {
  value()
  f64.promote_f32()
}

function lowerHalf(value: Emit): void {
  value()
  f64x2.promote_low_f32x4()
}

/** The upper two of four f32, as f64: the promotion takes the lower two. */
function upperHalf(value: Emit): void {
  value()
  value()
  i8x16.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15])
  f64x2.promote_low_f32x4()
}

/** `a * b + c` with both roundings. */
function multiplyAdd(instructions: Pick<Instructions, 'add' | 'mul'>) {
  return (a: Emit, b: Emit, c: Emit): Emit =>
    () => {
      a()
      b()
      instructions.mul()
      c()
      instructions.add()
    }
}

/** Where and with which instruction a value is read. */
function reader(instruction: (place: { offset?: number; align?: number }) => unknown, after?: Instruction) {
  return (address: Emit, offset = 0): Emit =>
    () => {
      address()
      instruction({ offset })
      after?.()
    }
}

function writer(instruction: (place: { offset?: number; align?: number }) => unknown) {
  return (address: Emit, value: Emit, offset = 0): void => {
    address()
    value()
    instruction({ offset })
  }
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
