import { describe, expect, it } from 'vitest'
import {
  assemble,
  block,
  br,
  br_if,
  call,
  type EmittedFunction,
  f32,
  f32x4,
  f64,
  f64x2,
  func,
  i8x16,
  i32,
  i32x4,
  i64,
  i64x2,
  if_,
  importFunc,
  type Local,
  local,
  loop,
  select,
  type Type,
  v128,
} from './index.ts'

const value = new WebAssembly.Memory({ initial: 1, maximum: 1 })
const view = new DataView(value.buffer)

type Call = (...values: (number | bigint)[]) => number | bigint

function instance(exports: Readonly<Record<string, EmittedFunction>>): Readonly<Record<string, Call>> {
  const { bytes, imports } = assemble({ exports, memory: { value, min: 1, max: 1 } })
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Record<string, Call>
}

function emitted(
  types: readonly Type[],
  out: readonly Type[],
  body: (parameters: readonly Local[]) => void,
): Call {
  return instance({ run: func({ in: types, out }, body) }).run
}

/** The functions that are one instruction each, by its name. */
function each(
  instructions: Readonly<Record<string, unknown>>,
  names: readonly string[],
  types: readonly Type[],
  result: Type,
): Readonly<Record<string, Call>> {
  const functions = names.map((name) => {
    const instruction = instructions[name] as () => void
    const body = (parameters: readonly Local[]): void => {
      for (const parameter of parameters) local.get(parameter)
      instruction()
    }
    return [name, func({ in: types, out: [result] }, body)] as const
  })
  return instance(Object.fromEntries(functions))
}

const bool = (truth: boolean): number => (truth ? 1 : 0)

const i32Comparisons: Record<string, (a: number, b: number) => number> = {
  eq: (a, b) => bool(a === b),
  ne: (a, b) => bool(a !== b),
  lt_s: (a, b) => bool(a < b),
  lt_u: (a, b) => bool(a >>> 0 < b >>> 0),
  gt_s: (a, b) => bool(a > b),
  gt_u: (a, b) => bool(a >>> 0 > b >>> 0),
  le_s: (a, b) => bool(a <= b),
  le_u: (a, b) => bool(a >>> 0 <= b >>> 0),
  ge_s: (a, b) => bool(a >= b),
  ge_u: (a, b) => bool(a >>> 0 >= b >>> 0),
}

const i64Of = (x: bigint): bigint => BigInt.asIntN(64, x)
const u64Of = (x: bigint): bigint => BigInt.asUintN(64, x)
/** What i64 instructions do to numbers of `bits` bits: i32 and i64 alike. */
const integerArithmetic: Record<string, (a: bigint, b: bigint, bits: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div_s: (a, b) => a / b,
  div_u: (a, b, bits) => BigInt.asUintN(Number(bits), a) / BigInt.asUintN(Number(bits), b),
  rem_s: (a, b) => a % b,
  rem_u: (a, b, bits) => BigInt.asUintN(Number(bits), a) % BigInt.asUintN(Number(bits), b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, bits) => a << (b & (bits - 1n)),
  shr_s: (a, b, bits) => a >> (b & (bits - 1n)),
  shr_u: (a, b, bits) => BigInt.asUintN(Number(bits), a) >> (b & (bits - 1n)),
  rotl: (a, b, bits) => rotated(a, b & (bits - 1n), bits),
  rotr: (a, b, bits) => rotated(a, (bits - b) & (bits - 1n), bits),
}

function rotated(a: bigint, places: bigint, bits: bigint): bigint {
  const unsigned = BigInt.asUintN(Number(bits), a)
  return (unsigned << places) | (unsigned >> (bits - places))
}

const edges32 = [0, 1, -1, 2, 7, -8, 63, 64, 127, 128, -128, 0x7fffffff, -0x80000000, 0x12345678]
const edges64 = [0n, 1n, -1n, 5n, -64n, -65n, 2n ** 63n - 1n, -(2n ** 63n), 0x123456789abcdefn]
const pairs = <T>(values: readonly T[]): [T, T][] => values.flatMap((a) => values.map((b): [T, T] => [a, b]))

describe('constants: the edges of LEB128', () => {
  const small = [0, 1, -1, 63, 64, -64, -65, 127, 128, 129, -128, -129, 8191, 8192, -8192, -8193]
  it('i32, modulo 2^32', () => {
    for (const number of [...small, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32 - 1, 3 * 2 ** 30]) {
      expect(emitted([], [i32], () => i32.const(number))()).toBe(number | 0)
    }
  })

  it('i64, modulo 2^64', () => {
    const wide = [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, 2n ** 64n - 1n]
    for (const number of [...small.map(BigInt), ...wide]) {
      expect(emitted([], [i64], () => i64.const(number))()).toBe(i64Of(number))
    }
  })

  it('f32 and f64, with the sign of 0, infinities and NaN', () => {
    for (const number of [0, -0, 1.1, -Infinity, Number.NaN, 5e-324, Number.MAX_VALUE]) {
      expect(emitted([], [f64], () => f64.const(number))()).toBe(number)
      expect(emitted([], [f32], () => f32.const(number))()).toBe(Math.fround(number))
    }
  })
})

describe('numeric instructions', () => {
  it('i32: every instruction', () => {
    const [unary, arithmetic] = [['eqz', 'clz', 'ctz', 'popcnt'], Object.keys(integerArithmetic)]
    const comparisons = Object.keys(i32Comparisons)
    const one = each(i32, unary, [i32], i32)
    for (const a of edges32) {
      const bits = (a >>> 0).toString(2)
      const expected = {
        eqz: bool(a === 0),
        clz: Math.clz32(a),
        ctz: a === 0 ? 32 : bits.length - 1 - bits.lastIndexOf('1'),
        popcnt: bits.replaceAll('0', '').length,
      }
      expect(Object.fromEntries(unary.map((name) => [name, one[name](a)]))).toEqual(expected)
    }
    const two = each(i32, [...comparisons, ...arithmetic], [i32, i32], i32)
    for (const [a, b] of pairs(edges32)) {
      for (const name of comparisons)
        expect([name, a, b, two[name](a, b)]).toEqual([name, a, b, i32Comparisons[name](a, b)])
      for (const name of arithmetic) {
        if (traps(name, a, b, -0x80000000)) continue
        const expected = Number(BigInt.asIntN(32, integerArithmetic[name](BigInt(a), BigInt(b), 32n)))
        expect([name, a, b, two[name](a, b)]).toEqual([name, a, b, expected])
      }
    }
  })

  it('i64: every instruction', () => {
    const arithmetic = Object.keys(integerArithmetic)
    const counts = each(i64, ['eqz'], [i64], i32)
    const bits = each(i64, ['clz', 'ctz', 'popcnt'], [i64], i64)
    expect([counts.eqz(0n), counts.eqz(1n)]).toEqual([1, 0])
    expect([bits.clz(1n), bits.ctz(8n), bits.popcnt(-1n)]).toEqual([63n, 3n, 64n])
    const two = each(i64, arithmetic, [i64, i64], i64)
    const compare = each(i64, Object.keys(i32Comparisons), [i64, i64], i32)
    for (const [a, b] of pairs(edges64)) {
      for (const name of arithmetic) {
        if (traps(name, a, b, -(2n ** 63n))) continue
        expect([name, a, b, two[name](a, b)]).toEqual([name, a, b, i64Of(integerArithmetic[name](a, b, 64n))])
      }
      expect([compare.eq(a, b), compare.ne(a, b)]).toEqual([bool(a === b), bool(a !== b)])
      expect([compare.lt_s(a, b), compare.lt_u(a, b)]).toEqual([bool(a < b), bool(u64Of(a) < u64Of(b))])
      expect([compare.gt_s(a, b), compare.gt_u(a, b)]).toEqual([bool(a > b), bool(u64Of(a) > u64Of(b))])
      expect([compare.le_s(a, b), compare.le_u(a, b)]).toEqual([bool(a <= b), bool(u64Of(a) <= u64Of(b))])
      expect([compare.ge_s(a, b), compare.ge_u(a, b)]).toEqual([bool(a >= b), bool(u64Of(a) >= u64Of(b))])
    }
  })

  /** Divisions without a result. */
  function traps(name: string, a: number | bigint, b: number | bigint, lowest: number | bigint): boolean {
    return /^(div|rem)/.test(name) && (Number(b) === 0 || (Number(b) === -1 && a === lowest))
  }

  it.each([
    ['f32', f32, Math.fround],
    ['f64', f64, (x: number) => x],
  ] as const)('%s: every instruction', (_, type, round) => {
    const one = each(type, Object.keys(floatUnary), [type], type)
    const two = each(type, Object.keys(floatBinary), [type, type], type)
    const compare = each(type, Object.keys(floatComparisons), [type, type], i32)
    for (const [x, y] of pairs(floatEdges)) {
      const [a, b] = [round(x), round(y)]
      for (const [name, expected] of Object.entries(floatUnary))
        expect([name, a, one[name](a)]).toEqual([name, a, round(expected(a))])
      for (const [name, expected] of Object.entries(floatBinary))
        expect([name, a, b, two[name](a, b)]).toEqual([name, a, b, round(expected(a, b))])
      for (const [name, expected] of Object.entries(floatComparisons))
        expect([name, a, b, compare[name](a, b)]).toEqual([name, a, b, bool(expected(a, b))])
    }
  })

  it('conversions', () => {
    const toI32 = (type: Type, name: string) => each(i32, [name], [type], i32)[name]
    const toI64 = (type: Type, name: string) => each(i64, [name], [type], i64)[name]
    const toF32 = (type: Type, name: string) => each(f32, [name], [type], f32)[name]
    const toF64 = (type: Type, name: string) => each(f64, [name], [type], f64)[name]
    expect(toI32(i64, 'wrap_i64')(2n ** 32n + 7n)).toBe(7)
    for (const [type, name] of [
      [f32, 'f32'],
      [f64, 'f64'],
    ] as const) {
      expect(toI32(type, `trunc_${name}_s`)(-2.75)).toBe(-2)
      expect(toI32(type, `trunc_${name}_u`)(2 ** 31)).toBe(-(2 ** 31))
      expect(toI64(type, `trunc_${name}_s`)(-(2 ** 40))).toBe(-(2n ** 40n))
      expect(toI64(type, `trunc_${name}_u`)(2 ** 63)).toBe(-(2n ** 63n))
    }
    expect([toI64(i32, 'extend_i32_s')(-1), toI64(i32, 'extend_i32_u')(-1)]).toEqual([-1n, 2n ** 32n - 1n])
    for (const to of [toF32, toF64]) {
      expect([to(i32, 'convert_i32_s')(-1), to(i32, 'convert_i32_u')(-(2 ** 31))]).toEqual([-1, 2 ** 31])
      expect([to(i64, 'convert_i64_s')(-1n), to(i64, 'convert_i64_u')(-(2n ** 63n))]).toEqual([-1, 2 ** 63])
    }
    expect([toF32(f64, 'demote_f64')(0.1), toF64(f32, 'promote_f32')(0.1)]).toEqual(
      Array(2).fill(Math.fround(0.1)),
    )
    expect([toI32(f32, 'reinterpret_f32')(1), toF32(i32, 'reinterpret_i32')(0x3f800000)]).toEqual([
      0x3f800000, 1,
    ])
    expect([toI64(f64, 'reinterpret_f64')(-0), toF64(i64, 'reinterpret_i64')(1n)]).toEqual([
      -(2n ** 63n),
      5e-324,
    ])
  })

  it('i32 instructions take locals and numbers as operands', () => {
    const run = emitted([i32], [i32], ([x]) => {
      i32.and(x as Local<'i32'>, -4)
      i32.const(1)
      i32.add()
    })
    expect(run(13)).toBe(13)
  })
})

const floatEdges = [0, -0, 1, -1.5, 0.5, 2.5, 0.1, 1e30, -1e-30, Infinity, -Infinity, Number.NaN]
const floatUnary: Record<string, (a: number) => number> = {
  abs: Math.abs,
  neg: (a) => -a,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest: (a) => (Math.abs(a) < 2 ** 52 && a !== 0 ? Math.sign(a) * toEven(Math.abs(a)) : a),
  sqrt: Math.sqrt,
}
const floatBinary: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  copysign: (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)),
}
const { copysign: _, ...vectorBinary } = floatBinary
/** A comparison and a choice, whatever NaN and the sign of 0 ask for. */
const pseudo: Record<string, (a: number, b: number) => number> = {
  pmin: (a, b) => [a, b][bool(b < a)],
  pmax: (a, b) => [a, b][bool(a < b)],
}
const floatComparisons: Record<string, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
}

/** The nearest whole number, of two the even one. */
function toEven(a: number): number {
  const down = Math.floor(a)
  if (a - down !== 0.5) return Math.round(a)
  return down % 2 === 0 ? down : down + 1
}

describe('memory', () => {
  it('offsets beyond one byte of LEB128, and stated alignments', () => {
    for (const offset of [0, 127, 128, 16_384, 65_000]) {
      const numbers = instance({
        i32: func({ in: [i32, i32], out: [i32] }, ([at, x]) => {
          local.get(at)
          local.get(x)
          i32.store({ offset })
          local.get(at)
          i32.load({ offset, align: 1 })
        }),
        i64: func({ in: [i32, i64], out: [i64] }, ([at, x]) => {
          local.get(at)
          local.get(x)
          i64.store({ offset, align: 2 })
          local.get(at)
          i64.load({ offset })
        }),
        f32: func({ in: [i32, f32], out: [f32] }, ([at, x]) => {
          local.get(at)
          local.get(x)
          f32.store({ offset })
          local.get(at)
          f32.load({ offset })
        }),
        f64: func({ in: [i32, f64], out: [f64] }, ([at, x]) => {
          local.get(at)
          local.get(x)
          f64.store({ offset })
          local.get(at)
          f64.load({ offset })
        }),
      })
      expect(numbers.i32(5, -7)).toBe(-7)
      expect(view.getInt32(5 + offset, true)).toBe(-7)
      expect(numbers.i64(5, -(2n ** 62n))).toBe(-(2n ** 62n))
      expect(view.getBigInt64(5 + offset, true)).toBe(-(2n ** 62n))
      expect(numbers.f32(8, 0.5)).toBe(0.5)
      expect(view.getFloat32(8 + offset, true)).toBe(0.5)
      expect(numbers.f64(8, 0.1)).toBe(0.1)
      expect(view.getFloat64(8 + offset, true)).toBe(0.1)
    }
  })

  it('refuses an offset that is no address', () => {
    expect(() => emitted([], [f64], () => f64.load({ offset: -8 }))).toThrow(
      'must be a whole number in [0, 2^32), got -8',
    )
  })
})

describe('vector instructions', () => {
  const f32s = (at: number): number[] => [...new Float32Array(value.buffer, at, 4)]
  const f64s = (at: number): number[] => [...new Float64Array(value.buffer, at, 2)]
  const i32s = (at: number): number[] => [...new Int32Array(value.buffer, at, 4)]
  const i64s = (at: number): bigint[] => [...new BigInt64Array(value.buffer, at, 2)]

  /** Applies an instruction to the vectors at 0, 16, …; the result stands at 64. */
  function apply(count: number, instruction: () => void): void {
    emitted([], [], () => {
      i32.const(64)
      for (let operand = 0; operand < count; operand++) {
        i32.const(16 * operand)
        v128.load()
      }
      instruction()
      v128.store()
    })()
  }

  it.each([
    ['f32x4', f32x4, Math.fround, Float32Array, f32s, i32s],
    ['f64x2', f64x2, (x: number) => x, Float64Array, f64s, (at: number) => i64s(at).map(Number)],
  ] as const)('%s: every instruction', (_, type, round, array, lanes, masks) => {
    const [a, b, c] = [0, 16, 32].map((at) => new array(value.buffer, at, 16 / array.BYTES_PER_ELEMENT))
    const names = new Set(Object.keys(type))
    const check = (
      name: string,
      count: number,
      instruction: () => void,
      expected: readonly number[],
    ): void => {
      apply(count, instruction)
      expect([name, ...lanes(64)]).toEqual([name, ...expected])
      names.delete(name)
    }
    const fill = (target: Float32Array | Float64Array, from: number): void => {
      target.forEach((_, lane) => {
        target[lane] = floatEdges[(from + lane) % floatEdges.length]
      })
    }
    for (let start = 0; start < floatEdges.length ** 2; start++) {
      fill(a, start)
      fill(b, Math.floor(start / floatEdges.length))
      const [x, y] = [Array.from(a), Array.from(b)]
      for (const [name, one] of Object.entries(floatUnary)) {
        const expected = x.map((lane) => round(one(lane)))
        check(name, 1, type[name as 'abs'], expected)
      }
      for (const [name, two] of Object.entries({ ...vectorBinary, ...pseudo })) {
        const expected = x.map((lane, i) => round(two(lane, y[i])))
        check(name, 2, type[name as 'add'], expected)
      }
      for (const [name, holds] of Object.entries(floatComparisons)) {
        apply(2, type[name as 'eq'])
        expect([name, ...masks(64)]).toEqual([name, ...x.map((lane, i) => 0 - bool(holds(lane, y[i])))])
        names.delete(name)
      }
    }
    // Small whole numbers: the same with one rounding as with two.
    a.fill(3)
    b.fill(5)
    c.fill(7)
    check('relaxed_madd', 3, type.relaxed_madd, Array(a.length).fill(22))
    check('relaxed_nmadd', 3, type.relaxed_nmadd, Array(a.length).fill(-8))
    const scalar = type === f32x4 ? f32 : f64
    check(
      'splat',
      0,
      () => {
        scalar.const(2.5)
        type.splat()
      },
      Array(a.length).fill(2.5),
    )
    for (let lane = 0; lane < a.length; lane++) {
      fill(a, 2)
      const swapped = Array.from(a)
      swapped[lane] = a[a.length - 1 - lane]
      check(
        'replace_lane',
        1,
        () => {
          i32.const(0)
          v128.load()
          type.extract_lane(a.length - 1 - lane)
          type.replace_lane(lane)
        },
        swapped,
      )
    }
    for (const name of ['extract_lane', ...conversionsOf(type)]) names.delete(name)
    expect([...names]).toEqual([])
  })

  function conversionsOf(type: typeof f32x4 | typeof f64x2): string[] {
    return type === f32x4
      ? ['convert_i32x4_s', 'convert_i32x4_u', 'demote_f64x2_zero']
      : ['convert_low_i32x4_s', 'convert_low_i32x4_u', 'promote_low_f32x4']
  }

  it('conversions', () => {
    new Int32Array(value.buffer, 0, 4).set([1, -1, 2 ** 20, -(2 ** 31)])
    apply(1, f32x4.convert_i32x4_s)
    expect(f32s(64)).toEqual([1, -1, 2 ** 20, -(2 ** 31)])
    apply(1, f32x4.convert_i32x4_u)
    expect(f32s(64)).toEqual([1, 2 ** 32, 2 ** 20, 2 ** 31])
    apply(1, f64x2.convert_low_i32x4_s)
    expect(f64s(64)).toEqual([1, -1])
    apply(1, f64x2.convert_low_i32x4_u)
    expect(f64s(64)).toEqual([1, 2 ** 32 - 1])
    new Float32Array(value.buffer, 0, 4).set([1.5, -2.5, 3e9, Number.NaN])
    apply(1, f64x2.promote_low_f32x4)
    expect(f64s(64)).toEqual([1.5, -2.5])
    new Float64Array(value.buffer, 0, 2).set([1 / 3, -1e300])
    apply(1, f32x4.demote_f64x2_zero)
    expect(f32s(64)).toEqual([Math.fround(1 / 3), Number.NEGATIVE_INFINITY, 0, 0])
    new Float32Array(value.buffer, 0, 4).set([1.5, -2.5, 3e9, Number.NaN])
    apply(1, i32x4.trunc_sat_f32x4_s)
    expect(i32s(64)).toEqual([1, -2, 2 ** 31 - 1, 0])
    apply(1, i32x4.trunc_sat_f32x4_u)
    expect(i32s(64)).toEqual([1, 0, 3e9 | 0, 0])
  })

  it('i32x4: every instruction', () => {
    const [a, b] = [0, 16].map((at) => new Int32Array(value.buffer, at, 4))
    const arithmetic: Record<string, (a: number, b: number) => number> = {
      add: (a, b) => (a + b) | 0,
      sub: (a, b) => (a - b) | 0,
      mul: Math.imul,
      min_s: Math.min,
      min_u: (a, b) => Math.min(a >>> 0, b >>> 0) | 0,
      max_s: Math.max,
      max_u: (a, b) => Math.max(a >>> 0, b >>> 0) | 0,
    }
    const comparisons = Object.entries(i32Comparisons).map(
      ([name, holds]) => [name, (a: number, b: number) => 0 - holds(a, b)] as const,
    )
    for (let start = 0; start < edges32.length ** 2; start++) {
      a.forEach((_, lane) => {
        a[lane] = edges32[(start + lane) % edges32.length]
        b[lane] = edges32[(Math.floor(start / edges32.length) + lane) % edges32.length]
      })
      for (const [name, expected] of [...Object.entries(arithmetic), ...comparisons]) {
        apply(2, i32x4[name as 'add'])
        expect([name, ...i32s(64)]).toEqual([name, ...Array.from(a, (lane, i) => 0 + expected(lane, b[i]))])
      }
    }
    a.set([1, -2, 3, -(2 ** 31)])
    apply(1, i32x4.abs)
    expect(i32s(64)).toEqual([1, 2, 3, -(2 ** 31)])
    apply(1, i32x4.neg)
    expect(i32s(64)).toEqual([-1, 2, -3, -(2 ** 31)])
    for (const [name, expected] of [
      ['shl', [2, -4, 6, 0]],
      ['shr_s', [0, -1, 1, -(2 ** 30)]],
      ['shr_u', [0, 2 ** 31 - 1, 1, 2 ** 30]],
    ] as const) {
      apply(1, () => {
        i32.const(1)
        i32x4[name]()
      })
      expect(i32s(64)).toEqual(expected)
    }
    apply(1, () => {
      i32.const(0)
      v128.load()
      i32x4.extract_lane(1)
      i32x4.replace_lane(3)
    })
    expect(i32s(64)).toEqual([1, -2, 3, -2])
    apply(0, () => {
      i32.const(9)
      i32x4.splat()
    })
    expect(i32s(64)).toEqual([9, 9, 9, 9])
  })

  it('i64x2: every instruction', () => {
    const [a, b] = [0, 16].map((at) => new BigInt64Array(value.buffer, at, 2))
    const two: Record<string, (a: bigint, b: bigint) => bigint> = {
      add: (a, b) => i64Of(a + b),
      sub: (a, b) => i64Of(a - b),
      mul: (a, b) => i64Of(a * b),
      eq: (a, b) => (a === b ? -1n : 0n),
      ne: (a, b) => (a !== b ? -1n : 0n),
      lt_s: (a, b) => (a < b ? -1n : 0n),
      gt_s: (a, b) => (a > b ? -1n : 0n),
      le_s: (a, b) => (a <= b ? -1n : 0n),
      ge_s: (a, b) => (a >= b ? -1n : 0n),
    }
    for (const [first, second] of pairs(edges64)) {
      a.set([first, second])
      b.set([second, second])
      for (const [name, expected] of Object.entries(two)) {
        apply(2, i64x2[name as 'add'])
        expect([name, ...i64s(64)]).toEqual([name, expected(first, second), expected(second, second)])
      }
    }
    a.set([5n, -6n])
    apply(1, i64x2.abs)
    expect(i64s(64)).toEqual([5n, 6n])
    apply(1, i64x2.neg)
    expect(i64s(64)).toEqual([-5n, 6n])
    for (const [name, expected] of [
      ['shl', [10n, -12n]],
      ['shr_s', [2n, -3n]],
      ['shr_u', [2n, 2n ** 63n - 3n]],
    ] as const) {
      apply(1, () => {
        i32.const(1)
        i64x2[name]()
      })
      expect(i64s(64)).toEqual(expected)
    }
    apply(1, () => {
      i32.const(0)
      v128.load()
      i64x2.extract_lane(1)
      i64x2.replace_lane(0)
    })
    expect(i64s(64)).toEqual([-6n, -6n])
    apply(0, () => {
      i64.const(-3n)
      i64x2.splat()
    })
    expect(i64s(64)).toEqual([-3n, -3n])
  })

  it('v128: bits, and loads of part of a vector', () => {
    const [a, b, c] = [0xff00ff00ff00ff00n, 0xf0f0f0f0f0f0f0f0n, 0x0123456789abcdefn].map(i64Of)
    new BigInt64Array(value.buffer, 0, 6).set([a, b, b, a, c, c])
    for (const [name, count, expected] of [
      ['not', 1, [~a, ~b]],
      ['and', 2, [a & b, a & b]],
      ['andnot', 2, [a & ~b, b & ~a]],
      ['or', 2, [a | b, a | b]],
      ['xor', 2, [a ^ b, a ^ b]],
      ['bitselect', 3, [(a & c) | (b & ~c), (b & c) | (a & ~c)]],
    ] as const) {
      apply(count, v128[name])
      expect([name, ...i64s(64)]).toEqual([name, ...expected])
    }
    const anyTrue = emitted([i32], [i32], ([at]) => {
      local.get(at)
      v128.load()
      v128.any_true()
    })
    expect([anyTrue(0), anyTrue(1024)]).toEqual([1, 0])
    new Int32Array(value.buffer, 0, 4).set([1, 2, 3, 4])
    for (const [name, expected] of [
      ['load', [1, 2, 3, 4]],
      ['load32_splat', [2, 2, 2, 2]],
      ['load64_splat', [2, 3, 2, 3]],
      ['load32_zero', [2, 0, 0, 0]],
      ['load64_zero', [2, 3, 0, 0]],
    ] as const) {
      apply(0, () => {
        i32.const(0)
        v128[name]({ offset: name === 'load' ? 0 : 4 })
      })
      expect([name, ...i32s(64)]).toEqual([name, ...expected])
    }
  })

  it('v128: constants, and single lanes in memory', () => {
    const bytes = Array.from({ length: 16 }, (_, byte) => 250 - byte)
    apply(0, () => v128.const(bytes))
    expect([...new Uint8Array(value.buffer, 64, 16)]).toEqual(bytes)
    const memory = new Int32Array(value.buffer, 0, 24)
    memory.set([1, 2, 3, 4, 5, 6, 7, 8])
    const vector = (): void => {
      i32.const(16)
      v128.load()
    }
    for (const [name, lane, expected] of [
      ['load32_lane', 3, [5, 6, 7, 2]],
      ['load64_lane', 0, [2, 3, 7, 8]],
    ] as const) {
      apply(0, () => {
        i32.const(0)
        vector()
        v128[name](lane, { offset: 4 })
      })
      expect([name, ...i32s(64)]).toEqual([name, ...expected])
    }
    for (const [name, lane, expected] of [
      ['store32_lane', 2, [0, 7, 0, 0]],
      ['store64_lane', 1, [0, 7, 8, 0]],
    ] as const) {
      memory.fill(0, 16, 20)
      emitted([], [], () => {
        i32.const(64)
        vector()
        v128[name](lane, { offset: 4 })
      })()
      expect([name, ...i32s(64)]).toEqual([name, ...expected])
    }
  })

  it('i8x16: shuffle and swizzle', () => {
    const bytes = new Uint8Array(value.buffer)
    for (let at = 0; at < 32; at++) bytes[at] = at
    const places = [31, 0, 16, 15, 7, 7, 7, 7, 1, 2, 3, 4, 20, 21, 22, 23]
    apply(2, () => i8x16.shuffle(places))
    expect([...bytes.subarray(64, 80)]).toEqual(places)
    bytes.fill(9, 16, 32)
    apply(2, i8x16.swizzle)
    expect([...bytes.subarray(64, 80)]).toEqual(Array(16).fill(9))
  })
})

describe('control', () => {
  it('branches out of and back to nested blocks', () => {
    // The smallest divisor above 1, by two nested loops' worth of branches.
    const smallestDivisor = instance({
      run: func({ in: [i32], locals: [i32], out: [i32] }, ([n], [d]) => {
        i32.const(1)
        local.set(d)
        block((found) => {
          loop((next) => {
            i32.add(d, 1)
            local.set(d)
            block((skip) => {
              i32.rem_u(n, d)
              br_if(skip)
              br(found)
            })
            br(next)
          })
        })
        local.get(d)
      }),
    }).run
    expect([2, 9, 35, 49, 97].map((n) => smallestDivisor(n))).toEqual([2, 3, 5, 7, 97])
  })

  it('a branch over more than 127 blocks', () => {
    const run = emitted([], [i32], () => {
      const nest = (left: number, body: () => void): void => {
        if (left === 0) body()
        else block(() => nest(left - 1, body))
      }
      const result = 200
      block((exit) => {
        nest(200, () => br(exit))
        i32.const(0)
        i32.const(result)
        i32.store()
      })
      i32.const(result)
    })
    expect(run()).toBe(200)
  })

  it('if_ with and without an else, and branches out of it', () => {
    const sign = instance({
      run: func({ in: [i32], locals: [i32], out: [i32] }, ([x], [result]) => {
        i32.gt_s(x, 0)
        if_(
          () => {
            i32.const(1)
            local.set(result)
          },
          (exit) => {
            local.get(x)
            i32.eqz()
            br_if(exit)
            i32.const(-1)
            local.set(result)
          },
        )
        i32.eq(x, 77)
        if_(() => {
          i32.const(7)
          local.set(result)
        })
        local.get(result)
      }),
    }).run
    expect([5, 0, -5, 77].map((x) => sign(x))).toEqual([1, 0, -1, 7])
  })

  it('select and tee', () => {
    const larger = instance({
      run: func({ in: [f64, f64], locals: [f64], out: [f64] }, ([a, b], [copy]) => {
        local.get(a)
        local.tee(copy)
        local.get(b)
        local.get(copy)
        local.get(b)
        f64.gt()
        select()
      }),
    }).run
    expect([larger(1, 2), larger(4, 3)]).toEqual([2, 4])
  })

  it('an instruction outside of a function is refused', () => {
    expect(() => i32.add()).toThrow('an instruction stands outside of a function')
  })

  it('a body that throws leaves nothing behind', () => {
    const broken = func({ in: [], out: [] }, () => {
      throw new Error('broken')
    })
    expect(() => instance({ broken })).toThrow('broken')
    expect(() => i32.add()).toThrow('an instruction stands outside of a function')
  })
})

describe('modules', () => {
  const double = func({ in: [f64], out: [f64] }, ([x]) => {
    local.get(x)
    local.get(x)
    f64.add()
  })
  const power = importFunc('pow', { in: [f64, f64], out: [f64] }, Math.pow)
  const exponential = importFunc('exp', { in: [f64], out: [f64] }, Math.exp)

  it('a function brings what it calls, once, however deep', () => {
    const fourTimes = func({ in: [f64], out: [f64] }, ([x]) => {
      local.get(x)
      call(double)
      call(double)
    })
    const eightTimes = func({ in: [f64], out: [f64] }, ([x]) => {
      local.get(x)
      call(fourTimes)
      call(double)
    })
    const { bytes } = assemble({ exports: { eightTimes }, memory: { value, min: 1, max: 1 } })
    // The code section holds three bodies.
    const body = [0x00, 0x20, 0x00, 0x20, 0x00, 0xa0, 0x0b]
    const copies = Array.from(bytes).filter((_, at) => body.every((byte, i) => bytes[at + i] === byte))
    expect(copies).toHaveLength(1)
    expect(instance({ eightTimes }).eightTimes(3)).toBe(24)
    expect(instance({ eightTimes, double }).double(3)).toBe(6)
  })

  it('imported functions come first, and only if they are called', () => {
    const run = func({ in: [f64], out: [f64] }, ([x]) => {
      local.get(x)
      call(double)
      call(exponential)
      local.get(x)
      call(power)
    })
    expect(instance({ double, run }).run(1.5)).toBe(Math.exp(3) ** 1.5)
    const { imports } = assemble({ exports: { double }, memory: { value, min: 1, max: 1 } })
    expect(imports).toEqual({ js: { memory: value } })
  })

  it('a function may call itself', () => {
    const factorial: EmittedFunction = func({ in: [f64], locals: [f64], out: [f64] }, ([n], [result]) => {
      f64.const(1)
      local.set(result)
      local.get(n)
      f64.const(1)
      f64.gt()
      if_(() => {
        local.get(n)
        local.get(n)
        f64.const(1)
        f64.sub()
        call(factorial)
        f64.mul()
        local.set(result)
      })
      local.get(result)
    })
    expect(instance({ factorial }).factorial(10)).toBe(3_628_800)
  })

  it('a body runs once, whatever the number of modules', () => {
    let runs = 0
    const counted = func({ in: [], out: [i32] }, () => {
      runs++
      i32.const(5)
    })
    expect([instance({ counted }).counted(), instance({ double, counted }).counted()]).toEqual([5, 5])
    expect(runs).toBe(1)
  })

  it('more than 127 functions, and locals of mixed types', () => {
    const parts = Array.from({ length: 200 }, (_, part) =>
      func({ in: [], out: [i32] }, () => i32.const(part)),
    )
    const types = Array.from({ length: 300 }, (_, index) => [i32, f64, f64, v128, i64, f32][index % 6])
    const sum = func({ in: [i32], locals: types, out: [i32] }, ([start], locals) => {
      local.get(start)
      for (const part of parts) {
        call(part)
        i32.add()
      }
      // The last i32 among the locals, beyond one byte of LEB128.
      local.set(locals[294])
      local.get(locals[294])
    })
    expect(instance({ sum }).sum(100)).toBe(100 + (199 * 200) / 2)
  })

  it('export names in any script', () => {
    expect(instance({ 'größe 大': double })['größe 大'](1)).toBe(2)
  })
})
