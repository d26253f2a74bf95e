// What the four kinds of lanes are built from: one operation over the instructions of one type or another.
import { call, f64, f64x2, i8x16, importFunc, type Local, local } from './assembler/index.ts'
import { type Emit, get } from './emit.ts'

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='

/** What SIMD has no instruction for: computed by the language's own function, element by element in f64. */
export type Transcendental = 'exp' | 'log' | 'pow'

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
export function arithmetic(instructions: Instructions, pick: Instruction) {
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
  exp: importFunc('Math.exp', { in: [f64], out: [f64] }, Math.exp),
  log: importFunc('Math.log', { in: [f64], out: [f64] }, Math.log),
  pow: importFunc('Math.pow', { in: [f64, f64], out: [f64] }, Math.pow),
}

/** Takes vectors apart, computes each element in f64, and puts the results together. */
export function byElement(elements: number, pick: (lane: number) => void, put: (lane: number) => void) {
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
export function summing(
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

export function promoted(value: Emit): void {
  value()
  f64.promote_f32()
}

export function lowerHalf(value: Emit): void {
  value()
  f64x2.promote_low_f32x4()
}

/** The upper two of four f32, as f64: the promotion takes the lower two. */
export function upperHalf(value: Emit): void {
  value()
  value()
  i8x16.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15])
  f64x2.promote_low_f32x4()
}

/** `a * b + c` with both roundings. */
export function multiplyAdd(instructions: Pick<Instructions, 'add' | 'mul'>) {
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
export function reader(
  instruction: (place: { offset?: number; align?: number }) => unknown,
  after?: Instruction,
) {
  return (address: Emit, offset = 0): Emit =>
    () => {
      address()
      instruction({ offset })
      after?.()
    }
}

export function writer(instruction: (place: { offset?: number; align?: number }) => unknown) {
  return (address: Emit, value: Emit, offset = 0): void => {
    address()
    value()
    instruction({ offset })
  }
}
