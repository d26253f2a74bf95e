import { emit } from './emission.ts'
import { raw, signed32, signed64, unsigned } from './encoding.ts'
import { access, consecutive, plain } from './instruction.ts'
import type { Local } from './types.ts'

// Variable and numeric instructions: sections 5.4.4 and 5.4.7 of the WebAssembly Core Specification. The two widths of
// a kind share the order of their opcodes.

export const local = {
  get: (variable: Local): void => emit(0x20, ...unsigned(variable.index)),
  set: (variable: Local): void => emit(0x21, ...unsigned(variable.index)),
  /** Stores the value and leaves it on the stack. */
  tee: (variable: Local): void => emit(0x22, ...unsigned(variable.index)),
}

const integerComparisons = 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'
const integerArithmetic =
  'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'
const floatComparisons = 'eq ne lt gt le ge'
const floatArithmetic = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'
const truncations = 'trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'
const conversions = 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u'

/** Operands may be given as locals and whole numbers, or else stand on the stack. */
function withOperands(opcode: number) {
  return (...operands: readonly (Local<'i32'> | number)[]): void => {
    for (const operand of operands) {
      if (typeof operand === 'number') i32.const(operand)
      else local.get(operand)
    }
    emit(opcode)
  }
}

export const i32 = {
  kind: 'i32',
  /** A number modulo 2^32: addresses from 2 GiB on are negative as i32. */
  const: (value: number): void => emit(0x41, ...signed32(value | 0)),
  load: access(4, 0x28),
  store: access(4, 0x36),
  ...consecutive(withOperands, 0x45, integerComparisons),
  ...consecutive(withOperands, 0x67, integerArithmetic),
  wrap_i64: plain(0xa7),
  ...consecutive(plain, 0xa8, truncations),
  reinterpret_f32: plain(0xbc),
} as const

export const i64 = {
  kind: 'i64',
  /** A number modulo 2^64. */
  const: (value: bigint): void => emit(0x42, ...signed64(BigInt.asIntN(64, value))),
  load: access(8, 0x29),
  store: access(8, 0x37),
  ...consecutive(plain, 0x50, integerComparisons),
  ...consecutive(plain, 0x79, integerArithmetic),
  ...consecutive(plain, 0xac, 'extend_i32_s extend_i32_u'),
  ...consecutive(plain, 0xae, truncations),
  reinterpret_f64: plain(0xbd),
} as const

export const f32 = {
  kind: 'f32',
  const: (value: number): void => emit(0x43, ...raw(Float32Array.of(value))),
  load: access(4, 0x2a),
  store: access(4, 0x38),
  ...consecutive(plain, 0x5b, floatComparisons),
  ...consecutive(plain, 0x8b, floatArithmetic),
  ...consecutive(plain, 0xb2, conversions),
  demote_f64: plain(0xb6),
  reinterpret_i32: plain(0xbe),
} as const

export const f64 = {
  kind: 'f64',
  const: (value: number): void => emit(0x44, ...raw(Float64Array.of(value))),
  load: access(8, 0x2b),
  store: access(8, 0x39),
  ...consecutive(plain, 0x61, floatComparisons),
  ...consecutive(plain, 0x99, floatArithmetic),
  ...consecutive(plain, 0xb7, conversions),
  promote_f32: plain(0xbb),
  reinterpret_i64: plain(0xbf),
} as const
