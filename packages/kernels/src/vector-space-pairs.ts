import { f64x2, i32, type Local, v128 } from './assembler/index.ts'
import { type Emit, get, plus } from './emit.ts'
import { reader } from './lane-operations.ts'
import { lanesOf, type Precision } from './lanes.ts'

/** Two numbers at a time, as f64 whatever they are in memory: what the operations of a vector space compute with. */
interface Pairs {
  /** Bytes of one number, and of two. */
  readonly elementBytes: number
  readonly bytes: number
  load(address: Emit, offset?: number): Emit
  /** A single number, beside a zero. */
  loadOne(address: Emit, offset?: number): Emit
}

export const pairsOf: Readonly<Record<Precision, Pairs>> = {
  f64: {
    elementBytes: 8,
    bytes: 16,
    load: reader((place) => v128.load(place)),
    loadOne: reader((place) => v128.load64_zero(place)),
  },
  f32: {
    elementBytes: 4,
    bytes: 8,
    load: reader(
      (place) => v128.load64_zero(place),
      () => f64x2.promote_low_f32x4(),
    ),
    loadOne: reader(
      (place) => v128.load32_zero(place),
      () => f64x2.promote_low_f32x4(),
    ),
  },
}

/**
 * Sums are taken in blocks of so many numbers, each in two parts (even and odd places), and added block by block; while
 * a block is worked on, it stays in the first-level cache. Even. Plain loops that sum in the same order give the same bits.
 */
export const blockLength = 1024

/** Where the last whole turn of `bytes` ends in [from, end). */
export function endOfWhole(from: Local<'i32'>, end: Local<'i32'>, bytes: number): Emit {
  return plus(get(from), () => {
    i32.sub(end, from)
    i32.const(-bytes)
    i32.and()
  })
}

/** The f64 at `result` and `offset` += the two lanes' sum. */
export function addToResult(result: Local<'i32'>, offset: number, sum: Local): void {
  const { add, load, store } = lanesOf.f64.single
  const lane =
    (index: number): Emit =>
    () => {
      get(sum)()
      f64x2.extract_lane(index)
    }
  store(get(result), add(load(get(result), offset), add(lane(0), lane(1))), offset)
}
