import { type Activation, activationKey, activationText } from './activation.ts'
import { f64, i32, type Local } from './assembler/index.ts'
import { eachColumn, elementAt, numbersAt } from './batch-moments.ts'
import { conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { inOrder, numbered } from './numbered.ts'
import { alongRow } from './rows.ts'

const number = lanesOf.f64.single

/**
 * `(columns, moments, scale, normalization)`: from the mean m and the variance of every column, f64 [2, columns], what its
 * numbers are normalised by, the rows of [4, columns]:
 *
 *   center + rest = m,  factor = scale reciprocal,  reciprocal = 1 / sqrt(variance + epsilon)
 *
 * `center` is m rounded and `rest` what that leaves: (x - center) - rest is x - m even where m has more digits than the
 * precision, as x - center is exact for x near m.
 */
export const batchNormalization = once((precision: Precision, epsilon: number): Kernel => {
  const { widen, narrow } = conversionsOf[precision]
  const { single } = lanesOf[precision]
  return defineKernel({
    name: 'batchNormalization',
    parameters: ['columns', 'moments', 'scale', 'normalization'],
    locals: { column: i32, place: i32, mean: f64, reciprocal: f64, center: single.type },
    body({ columns, moments, scale, normalization, column, place, mean, reciprocal, center }) {
      const vectorBytes = times(get(columns), whole(single.bytes))
      eachColumn(column, columns, () => {
        const [first, second] = numbersAt(moments, columns, column)
        set(mean, number.load(first))
        set(center, narrow(get(mean)))
        const root = number.sqrt(number.add(number.load(second), number.constant(epsilon)))
        set(reciprocal, number.div(number.constant(1), root))
        const factor = number.mul(widen(single.load(elementAt(precision, scale, column))), get(reciprocal))
        set(place, elementAt(precision, normalization, column))
        for (const value of [
          get(center),
          narrow(number.sub(get(mean), widen(get(center)))),
          narrow(factor),
          narrow(get(reciprocal)),
        ]) {
          single.store(get(place), value)
          advance(place, vectorBytes)
        }
      })
    },
  })
})

/** `(rows, columns, normalization, shift, x, y)`: y = f((x - mean) factor + shift), column by column; in one pass. */
export function normalizeColumns(precision: Precision, activation?: Activation): Kernel {
  if (activation === undefined) return normalizeColumnsOnce(precision, 'none', 0)
  return normalizeColumnsOnce(precision, ...activationKey(activation))
}

/** x - mean. */
export function deviation(lanes: Lanes, x: Emit, center: Emit, rest: Emit): Emit {
  return lanes.sub(lanes.sub(x, center), rest)
}

const normalizeColumnsOnce = once(
  (precision: Precision, name: Activation['name'] | 'none', slope: number): Kernel => {
    const { vector, single } = lanesOf[precision]
    const text = name === 'none' ? undefined : activationText(name, slope)
    const { temporaries } = text ?? { temporaries: 0 }
    return defineKernel({
      name: `normalizeColumns(${name})`,
      parameters: ['rows', 'columns', 'center', 'shift', 'x', 'y'],
      locals: {
        column: i32,
        end: i32,
        rest: i32,
        factor: i32,
        wide: vector.type,
        narrow: single.type,
        ...numbered('wide', temporaries, vector.type),
        ...numbered('narrow', temporaries, single.type),
      },
      body(v) {
        const { rows, columns, center, shift, x, y, column, end, rest, factor } = v
        const at = (array: Local): Emit => plus(get(array), get(column))
        set(columns, times(get(columns), whole(single.elementBytes)))
        set(rest, plus(get(center), get(columns)))
        set(factor, plus(get(rest), get(columns)))
        set(end, plus(get(x), times(get(rows), get(columns))))
        whileBelow(x, get(end), () => {
          set(column, whole(0))
          alongRow(precision, column, get(columns), (lanes) => {
            const width = lanes.width === 1 ? 'narrow' : 'wide'
            const value = v[width]
            const [number, middle, remainder, ...affine] = [x, center, rest, factor, shift].map((array) =>
              lanes.load(at(array)),
            )
            const scaled = lanes.mul(deviation(lanes, number, middle, remainder), affine[0])
            set(value, lanes.add(scaled, affine[1]))
            const places = inOrder(v, width, temporaries)
            lanes.store(at(y), text === undefined ? get(value) : text.value(lanes, get(value), places))
          })
          for (const array of [x, y]) advance(array, get(columns))
        })
      },
    })
  },
)
