import type { Local } from './assembler/index.ts'
import { type Emit, get, set } from './emit.ts'
import type { Lanes, Precision } from './lanes.ts'
import { polynomial } from './polynomial.ts'

interface Constants {
  /** Terms of the series of e^r - enough for half an ulp at |r| = ln 2 / 2. */
  readonly degree: number
  /** 1.5 * 2^(mantissa bits): adding it rounds to a whole number, which then stands in the low bits. */
  readonly round: number
  /** ln 2 in two parts; the first has trailing zeros, so that a whole multiple of it is exact. */
  readonly ln2High: number
  readonly ln2Low: number
  /** Below this the result would not be normal. */
  readonly lowest: number
}

const constants: Readonly<Record<Precision, Constants>> = {
  f32: { degree: 7, round: 1.5 * 2 ** 23, ln2High: 0.693359375, ln2Low: Math.LN2 - 0.693359375, lowest: -87 },
  f64: {
    degree: 13,
    round: 1.5 * 2 ** 52,
    ln2High: 0.6931471803691238,
    ln2Low: 1.9082149292705877e-10,
    lowest: -708,
  },
}

/** Places for intermediate values that both functions need. */
export const expPlaces = 5

/**
 * e^x for x <= 0, in one text for SIMD and single elements.
 *
 *   e^x = 2^n e^r,  n = round(x / ln 2),  r = x - n ln 2 in [-ln 2 / 2, ln 2 / 2],  e^r = 1 + r p(r) by its Taylor series
 *
 * Within 2 ulp for x in [lowest, 0]; below that the value at `lowest` (about 1e-38 or 1e-308). NaN gives NaN.
 * Only for x <= 0, which is what softmax asks for: no overflow to care for.
 */
export function expOfNegative(lanes: Lanes, x: Emit, places: readonly Local[]): Emit {
  const [rest, rounded, ...powers] = places
  return () => {
    reduce(lanes, x, rest, rounded)
    const series = lanes.mul(get(rest), slope(lanes, rest, powers))
    lanes.mul(twoTo(lanes, rounded), lanes.add(lanes.constant(1), series))()
  }
}

/**
 * e^x - 1 for x <= 0, without cancellation near 0.
 *
 *   e^x - 1 = 2^n r p(r) + (2^n - 1)
 *
 * Below `lowest` it is -1.
 */
export function expMinusOneOfNegative(lanes: Lanes, x: Emit, places: readonly Local[]): Emit {
  const [rest, rounded, ...powers] = places
  return () => {
    reduce(lanes, x, rest, rounded)
    set(rounded, twoTo(lanes, rounded))
    lanes.add(
      lanes.mul(lanes.mul(get(rounded), get(rest)), slope(lanes, rest, powers)),
      lanes.sub(get(rounded), lanes.constant(1)),
    )()
  }
}

/** 2^n, n in the low bits of `rounded`. */
function twoTo(lanes: Lanes, rounded: Local): Emit {
  return lanes.scaleByPowerOfTwo(lanes.constant(1), get(rounded))
}

/** Leaves r in `rest`, and n in the low bits of `rounded`. */
function reduce(lanes: Lanes, x: Emit, rest: Local, rounded: Local): void {
  const { round, ln2High, ln2Low, lowest } = constantsOf(lanes)
  // max() keeps NaN.
  set(rest, lanes.max(x, lanes.constant(lowest)))
  set(rounded, lanes.add(lanes.mul(get(rest), lanes.constant(Math.LOG2E)), lanes.constant(round)))
  const n = lanes.sub(get(rounded), lanes.constant(round))
  set(
    rest,
    lanes.sub(
      lanes.sub(get(rest), lanes.mul(n, lanes.constant(ln2High))),
      lanes.mul(n, lanes.constant(ln2Low)),
    ),
  )
}

/** p(r) = (e^r - 1) / r = 1 + r / 2! + r^2 / 3! + … */
function slope(lanes: Lanes, rest: Local, powers: readonly Local[]): Emit {
  const { degree } = constantsOf(lanes)
  const coefficients = Array.from({ length: degree }, (_, power) => 1 / factorial(power + 1))
  return polynomial(lanes, coefficients, rest, powers)
}

function constantsOf(lanes: Lanes): Constants {
  return constants[lanes.elementBytes === 4 ? 'f32' : 'f64']
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1)
}
