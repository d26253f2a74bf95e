import { func, i32, type Local } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import type { Kernel } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'

/** What is summed down the columns of matrices. */
export interface ColumnSums {
  readonly name: string
  readonly precision: Precision
  /** How many numbers go with each column, and how many matrices there are. */
  readonly vectors: number
  readonly matrices: number
  readonly sums: number
  readonly temporaries: number
  /** Adds what stands in one row of the columns at hand. */
  readonly body: (
    lanes: Lanes,
    vectors: readonly Emit[],
    /** Addresses in the matrices, to read from and write to. */
    matrices: readonly Emit[],
    temporaries: readonly Local[],
    /** Adds a value or a product of two, which are emitted more than once. */
    addToSum: (sum: number, a: Emit, b?: Emit) => void,
  ) => void
}

/** Rows that are added in one visit of the sums. */
const rowsAtOnce = 4

/**
 * A kernel `(rows, columns, sums, vector…, matrix…)`: sums over rows, from the first to the last, in f64.
 *
 * Shapes: sums f64 [sums, columns], vectors [columns], matrices [rows, columns]. Row by row, so that memory is read once
 * and in order.
 */
export function columnSums({
  name,
  precision,
  vectors,
  matrices,
  sums,
  temporaries,
  body,
}: ColumnSums): Kernel {
  const { vector, single } = lanesOf[precision]
  const locals = (lanes: Lanes): (Lanes['type'] | Lanes['sumType'])[] => [
    ...Array<Lanes['type']>(temporaries).fill(lanes.type),
    ...Array<Lanes['sumType']>(sums * lanes.sums).fill(lanes.sumType),
  ]
  const f64PerElement = 8 / single.elementBytes
  const whileParameters = Array.from({ length: 3 + vectors + matrices }, () => i32)
  const places = Array.from({ length: matrices }, () => i32)
  const kernel = func(
    {
      in: whileParameters,
      locals: [i32, i32, i32, ...places, ...locals(vector), ...locals(single)],
      out: [],
    },
    ([rows, columns, block, ...arrays], [column, row, left, ...rest]) => {
      const inVectors = arrays.slice(0, vectors)
      const inMatrices = arrays.slice(vectors)
      const matrixPlaces = rest.slice(0, matrices) as Local<'i32'>[]
      const wideLocals = rest.slice(matrices, matrices + locals(vector).length)
      const narrowLocals = rest.slice(matrices + locals(vector).length)
      const sumAddress = (sum: number): Emit =>
        plus(get(block), times(plus(times(get(columns), whole(sum)), get(column)), whole(f64PerElement)))

      function addRows(count: number): void {
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) => {
          const own = lanes.width === 1 ? narrowLocals : wideLocals
          const sumParts = Array.from({ length: sums }, (_, sum) =>
            own.slice(temporaries + sum * lanes.sums, temporaries + (sum + 1) * lanes.sums),
          )
          for (const [sum, parts] of sumParts.entries()) {
            for (const [part, place] of parts.entries()) set(place, lanes.loadSum(sumAddress(sum), 16 * part))
          }
          for (const [index, place] of matrixPlaces.entries())
            set(place, plus(get(inMatrices[index]), get(column)))
          for (let index = 0; index < count; index++) {
            body(
              lanes,
              inVectors.map((each) => lanes.load(plus(get(each), get(column)))),
              matrixPlaces.map((place) => get(place)),
              own.slice(0, temporaries),
              (sum, a, b) => lanes.addToSum(sumParts[sum], a, b),
            )
            if (index < count - 1) for (const place of matrixPlaces) advance(place, get(columns))
          }
          for (const [sum, parts] of sumParts.entries()) {
            for (const [part, place] of parts.entries())
              lanes.storeSum(sumAddress(sum), get(place), 16 * part)
          }
        })
        for (const matrix of inMatrices) advance(matrix, times(get(columns), whole(count)))
      }

      set(columns, times(get(columns), whole(single.elementBytes)))
      set(column, whole(0))
      alongRow('f64', column, times(get(columns), whole(sums * f64PerElement)), (lanes) => {
        lanes.store(plus(get(block), get(column)), lanes.constant(0))
      })
      set(row, whole(0))
      set(left, () => i32.and(rows, -rowsAtOnce))
      for (const [end, count] of [
        [left, rowsAtOnce],
        [rows, 1],
      ] as const) {
        whileBelow(row, get(end), () => {
          addRows(count)
          advance(row, whole(count))
        })
      }
    },
  )
  return { name, func: kernel }
}
