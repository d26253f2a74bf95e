import { f32, f32x4, f64, f64x2 } from './assembler/index.ts'
import type { Emit } from './emit.ts'
import type { Precision } from './lanes.ts'

/** Steps between one element and f64, and between one element and all lanes. */
export interface Conversions {
  readonly widen: (element: Emit) => Emit
  readonly narrow: (number: Emit) => Emit
  readonly splat: (element: Emit) => Emit
}

const then =
  (instruction: () => void) =>
  (value: Emit): Emit =>
  () => {
    value()
    instruction()
  }

export const conversionsOf: Readonly<Record<Precision, Conversions>> = {
  f32: {
    widen: then(() => f64.promote_f32()),
    narrow: then(() => f32.demote_f64()),
    splat: then(() => f32x4.splat()),
  },
  f64: { widen: (element) => element, narrow: (number) => number, splat: then(() => f64x2.splat()) },
}

/** A count as an f64. */
export const asNumber = then(() => f64.convert_i32_u())
