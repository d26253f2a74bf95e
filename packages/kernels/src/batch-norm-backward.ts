import { type Activation, activationKey, activationText } from './activation.ts'
import { f64, i32, type Local } from './assembler/index.ts'
import { eachColumn, elementAt, numbersAt } from './batch-moments.ts'
import { deviation } from './batch-norm.ts'
import { columnSums } from './column-sums.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'

const number = lanesOf.f64.single

/**
 * `(rows, columns, sums, center, rest, x, y, dy)`: dy *= f' from y, and the sums down the columns of that and of its
 * products with x - mean, f64 [2, columns]; in one pass. Without an activation y is not read and dy not written.
 */
export function normalizationSums(precision: Precision, activation?: Activation): Kernel {
  if (activation === undefined) return normalizationSumsOnce(precision, 'none', 0)
  return normalizationSumsOnce(precision, ...activationKey(activation))
}

const normalizationSumsOnce = once(
  (precision: Precision, name: Activation['name'] | 'none', slope: number): Kernel =>
    columnSums({
      name: `normalizationSums(${name})`,
      precision,
      vectors: 2,
      matrices: 3,
      sums: 2,
      temporaries: 2,
      body(lanes, [center, rest], [x, y, dy], [gradient, distance], addToSum) {
        if (name === 'none') set(gradient, lanes.load(dy))
        else {
          const { backward } = activationText(name, slope)
          set(gradient, backward(lanes, lanes.load(y), lanes.load(dy)))
          lanes.store(dy, get(gradient))
        }
        set(distance, deviation(lanes, lanes.load(x), center, rest))
        addToSum(0, get(gradient))
        addToSum(1, get(gradient), get(distance))
      },
    }),
)

/**
 * `(rows, columns, sums, reciprocal, slopes, dScale, dShift)`: the gradients of scale and shift, from `normalizationSums` a
 * and b, and how much of the gradient each column hands back through its mean and variance, the rows of [2, columns]:
 *
 *   dShift = a,  dScale = b reciprocal,  level = a / rows,  slope = b reciprocal^2 / rows
 *
 * `rows` is 0 where mean and variance were not those of the rows: then level and slope are 0.
 */
export const normalizationGradients = once((precision: Precision): Kernel => {
  const { widen, narrow } = conversionsOf[precision]
  const { single } = lanesOf[precision]
  return defineKernel({
    name: 'normalizationGradients',
    parameters: ['rows', 'columns', 'sums', 'reciprocals', 'slopes', 'dScale', 'dShift'],
    locals: { column: i32, share: f64, reciprocal: f64, ofScale: f64 },
    body(v) {
      const { rows, columns, sums, reciprocals, slopes, dScale, dShift, column, share, reciprocal, ofScale } =
        v
      const ofRows = asNumber(get(rows))
      const none = number.constant(0)
      set(share, number.choose('==', ofRows, none, none, number.div(number.constant(1), ofRows)))
      eachColumn(column, columns, () => {
        const [ofShift, ofDeviation] = numbersAt(sums, columns, column).map((place) => number.load(place))
        set(reciprocal, widen(single.load(elementAt(precision, reciprocals, column))))
        set(ofScale, number.mul(ofDeviation, get(reciprocal)))
        single.store(elementAt(precision, dShift, column), narrow(ofShift))
        single.store(elementAt(precision, dScale, column), narrow(get(ofScale)))
        const level = elementAt(precision, slopes, column)
        single.store(level, narrow(number.mul(ofShift, get(share))))
        const slope = plus(level, times(get(columns), whole(single.bytes)))
        single.store(slope, narrow(number.mul(number.mul(get(ofScale), get(reciprocal)), get(share))))
      })
    },
  })
})

/** `(rows, columns, normalization, slopes, x, dy, dx)`: dx = factor (dy - level - (x - mean) slope); in one pass. */
export const normalizeColumnsBackward = once((precision: Precision): Kernel => {
  const { elementBytes } = lanesOf[precision].single
  return defineKernel({
    name: 'normalizeColumnsBackward',
    parameters: ['rows', 'columns', 'center', 'level', 'x', 'dy', 'dx'],
    locals: { column: i32, end: i32, rest: i32, factor: i32, slope: i32 },
    body(v) {
      const { rows, columns, center, level, x, dy, dx, column, end, rest, factor, slope } = v
      const at = (array: Local): Emit => plus(get(array), get(column))
      set(columns, times(get(columns), whole(elementBytes)))
      set(rest, plus(get(center), get(columns)))
      set(factor, plus(get(rest), get(columns)))
      set(slope, plus(get(level), get(columns)))
      set(end, plus(get(x), times(get(rows), get(columns))))
      whileBelow(x, get(end), () => {
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) => {
          const distance = deviation(lanes, lanes.load(at(x)), lanes.load(at(center)), lanes.load(at(rest)))
          const fallen = lanes.mul(distance, lanes.load(at(slope)))
          const left = lanes.sub(lanes.sub(lanes.load(at(dy)), lanes.load(at(level))), fallen)
          lanes.store(at(dx), lanes.mul(left, lanes.load(at(factor))))
        })
        for (const array of [x, dy, dx]) advance(array, get(columns))
      })
    },
  })
})
