import { f64, i32, type Local } from './assembler/index.ts'
import { columnSums } from './column-sums.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, minus, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

const number = lanesOf.f64.single

/**
 * `(rows, columns, sums, x, x)`: the sums of x - s and of (x - s)^2 down the columns of x [rows, columns], s its first
 * row: f64 [2, columns].
 *
 * The shift keeps a large mean from cancelling. A number lies at most sqrt(rows) standard deviations from the mean of its
 * column (Samuelson's inequality), and so does s: one pass is as good as two.
 */
export const momentSums = once(
  (precision: Precision): Kernel =>
    columnSums({
      name: 'momentSums',
      precision,
      vectors: 1,
      matrices: 1,
      sums: 2,
      temporaries: 1,
      body(lanes, [first], [x], [difference], addToSum) {
        set(difference, lanes.sub(lanes.load(x), first))
        addToSum(0, get(difference))
        addToSum(1, get(difference), get(difference))
      },
    }),
)

/** `(rows, columns, sums, x)`: makes of `momentSums` the mean and the variance over `rows`, f64 [2, columns], in place. */
export const momentsOfSums = once((precision: Precision): Kernel => {
  const { widen } = conversionsOf[precision]
  const { single } = lanesOf[precision]
  return defineKernel({
    name: 'momentsOfSums',
    parameters: ['rows', 'columns', 'sums', 'x'],
    locals: { column: i32, mean: f64 },
    body({ rows, columns, sums, x, column, mean }) {
      eachColumn(column, columns, () => {
        const [first, second] = numbersAt(sums, columns, column)
        const count = asNumber(get(rows))
        set(mean, number.div(number.load(first), count))
        const variance = number.sub(number.div(number.load(second), count), number.mul(get(mean), get(mean)))
        number.store(second, number.max(number.constant(0), variance))
        const shift = widen(single.load(elementAt(precision, x, column)))
        number.store(first, number.add(shift, get(mean)))
      })
    },
  })
})

/** `(columns, mean, variance, moments)`: moments f64 [2, columns] of running ones [columns]. */
export const runningMoments = once((precision: Precision): Kernel => {
  const { widen } = conversionsOf[precision]
  const { single } = lanesOf[precision]
  return defineKernel({
    name: 'runningMoments',
    parameters: ['columns', 'mean', 'variance', 'moments'],
    locals: { column: i32 },
    body({ columns, mean, variance, moments, column }) {
      eachColumn(column, columns, () => {
        const places = numbersAt(moments, columns, column)
        for (const [index, running] of [mean, variance].entries())
          number.store(places[index], widen(single.load(elementAt(precision, running, column))))
      })
    },
  })
})

/**
 * `(rows, columns, moments, mean, variance)`: running = (1 - momentum) running + momentum batch, with the variance over
 * rows - 1, which is unbiased; `rows` from 2.
 */
export const updateRunningMoments = once((precision: Precision, momentum: number): Kernel => {
  const { widen, narrow } = conversionsOf[precision]
  const { single } = lanesOf[precision]
  return defineKernel({
    name: 'updateRunningMoments',
    parameters: ['rows', 'columns', 'moments', 'mean', 'variance'],
    locals: { column: i32 },
    body({ rows, columns, moments, mean, variance, column }) {
      eachColumn(column, columns, () => {
        const [first, second] = numbersAt(moments, columns, column)
        const unbiased = number.div(asNumber(get(rows)), asNumber(minus(get(rows), whole(1))))
        for (const [running, batch] of [
          [mean, number.load(first)],
          [variance, number.mul(number.load(second), unbiased)],
        ] as const) {
          const place = elementAt(precision, running, column)
          const kept = number.mul(number.constant(1 - momentum), widen(single.load(place)))
          single.store(place, narrow(number.add(kept, number.mul(number.constant(momentum), batch))))
        }
      })
    },
  })
})

/** Runs `body` for every column; `column` counts. */
export function eachColumn(column: Local<'i32'>, columns: Local<'i32'>, body: () => void): void {
  set(column, whole(0))
  whileBelow(column, get(columns), () => {
    body()
    advance(column, whole(1))
  })
}

/** The address of a column's element in a vector. */
export function elementAt(precision: Precision, vector: Local, column: Local): Emit {
  return plus(get(vector), times(get(column), whole(lanesOf[precision].single.bytes)))
}

/** The addresses of a column's two numbers in f64 [2, columns]. */
export function numbersAt(block: Local, columns: Local, column: Local): readonly [first: Emit, second: Emit] {
  const first = plus(get(block), times(get(column), whole(8)))
  return [first, plus(first, times(get(columns), whole(8)))]
}
