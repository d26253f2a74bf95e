import { emit } from './emission.ts'
import { access, consecutive, type Place, simd, vectorial } from './instruction.ts'

// Vector instructions: section 5.4.8 of the WebAssembly Core Specification 2.0, and the relaxed ones from 0x100 on.
// The two widths of a kind share the order of their opcodes.

const floatComparisons = 'eq ne lt gt le ge'
const floatArithmetic = 'sqrt add sub mul div min max pmin pmax'
const relaxed = 'relaxed_madd relaxed_nmadd'

/** A load or store of one lane, of `bytes`. */
function laneAccess(bytes: number, opcode: number): (lane: number, place?: Place) => void {
  const instruction = access(bytes, ...simd(opcode))
  return (lane, place) => {
    instruction(place)
    emit(lane)
  }
}

/** An instruction that picks a lane. */
function onLane(opcode: number): (lane: number) => void {
  return (lane) => emit(...simd(opcode), lane)
}

export const v128 = {
  kind: 'v128',
  load: access(16, ...simd(0)),
  load32_splat: access(4, ...simd(9)),
  load64_splat: access(8, ...simd(10)),
  load32_zero: access(4, ...simd(92)),
  load64_zero: access(8, ...simd(93)),
  store: access(16, ...simd(11)),
  /** Sixteen bytes. */
  const: (bytes: readonly number[]): void => emit(...simd(12), ...bytes),
  /** Takes an address and a vector, of which one lane is replaced. */
  load32_lane: laneAccess(4, 86),
  load64_lane: laneAccess(8, 87),
  /** Takes an address and a vector, of which one lane is stored. */
  store32_lane: laneAccess(4, 90),
  store64_lane: laneAccess(8, 91),
  ...consecutive(vectorial, 77, 'not and andnot or xor bitselect any_true'),
} as const

export const i8x16 = {
  /** Takes a and b; byte i of the result is byte `places[i]` of a, or from 16 on of b. */
  shuffle: (places: readonly number[]): void => emit(...simd(13), ...places),
  swizzle: vectorial(14),
}

export const i32x4 = {
  splat: vectorial(17),
  ...consecutive(onLane, 27, 'extract_lane replace_lane'),
  ...consecutive(vectorial, 55, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'),
  ...consecutive(vectorial, 160, 'abs neg'),
  ...consecutive(vectorial, 171, 'shl shr_s shr_u add'),
  sub: vectorial(177),
  ...consecutive(vectorial, 181, 'mul min_s min_u max_s max_u'),
  ...consecutive(vectorial, 248, 'trunc_sat_f32x4_s trunc_sat_f32x4_u'),
}

export const i64x2 = {
  splat: vectorial(18),
  ...consecutive(onLane, 29, 'extract_lane replace_lane'),
  ...consecutive(vectorial, 192, 'abs neg'),
  ...consecutive(vectorial, 203, 'shl shr_s shr_u add'),
  sub: vectorial(209),
  mul: vectorial(213),
  ...consecutive(vectorial, 214, 'eq ne lt_s gt_s le_s ge_s'),
}

export const f32x4 = {
  splat: vectorial(19),
  ...consecutive(onLane, 31, 'extract_lane replace_lane'),
  ...consecutive(vectorial, 65, floatComparisons),
  demote_f64x2_zero: vectorial(94),
  ...consecutive(vectorial, 103, 'ceil floor trunc nearest'),
  ...consecutive(vectorial, 224, 'abs neg'),
  ...consecutive(vectorial, 227, floatArithmetic),
  ...consecutive(vectorial, 250, 'convert_i32x4_s convert_i32x4_u'),
  ...consecutive(vectorial, 0x105, relaxed),
}

export const f64x2 = {
  splat: vectorial(20),
  ...consecutive(onLane, 33, 'extract_lane replace_lane'),
  ...consecutive(vectorial, 71, floatComparisons),
  promote_low_f32x4: vectorial(95),
  ...consecutive(vectorial, 116, 'ceil floor'),
  trunc: vectorial(122),
  nearest: vectorial(148),
  ...consecutive(vectorial, 236, 'abs neg'),
  ...consecutive(vectorial, 239, floatArithmetic),
  ...consecutive(vectorial, 254, 'convert_low_i32x4_s convert_low_i32x4_u'),
  ...consecutive(vectorial, 0x107, relaxed),
}
