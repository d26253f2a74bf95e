import { f64, f64x2, type Local, local } from './assembler/index.ts'
import { type Emit, set } from './emit.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'

/** The locals of a sum over elements: kept in f64 whatever they are, in as many parts as SIMD lanes take. */
export interface Sum {
  readonly wide: readonly Local[]
  readonly narrow: readonly Local[]
}

/** A sum of which `wide` are two locals of type v128 and `narrow` one of type f64; f64 elements leave the second idle. */
export function sumIn(precision: Precision, wide: readonly [Local, Local], narrow: Local): Sum {
  return { wide: wide.slice(0, lanesOf[precision].vector.sums), narrow: [narrow] }
}

export function startSum({ wide, narrow }: Sum): void {
  for (const part of wide) {
    set(part, () => {
      f64.const(0)
      f64x2.splat()
    })
  }
  for (const part of narrow) set(part, () => f64.const(0))
}

/** sum += a, or a b; the operands are emitted more than once. */
export function addToSum({ wide, narrow }: Sum, lanes: Lanes, a: Emit, b?: Emit): void {
  lanes.addToSum(lanes.width === 1 ? narrow : wide, a, b)
}

/** The parts together, in a fixed order. */
export function totalOf({ wide, narrow }: Sum): Emit {
  return () => {
    for (const [index, part] of wide.entries()) {
      for (const lane of [0, 1]) {
        local.get(part)
        f64x2.extract_lane(lane)
        if (index + lane > 0) f64.add()
      }
    }
    for (const part of narrow) {
      local.get(part)
      f64.add()
    }
  }
}
