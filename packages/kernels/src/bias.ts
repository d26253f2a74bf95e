import { type Activation, type ActivationText, activationKey, activationText } from './activation.ts'
import { i32, type Local } from './assembler/index.ts'
import { advance, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { constantsIn, keepingConstants } from './kept-constants.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { inOrder, numbered } from './numbered.ts'
import { alongRow } from './rows.ts'

/** `(rows, columns, bias, x)`: x [rows, columns] = f(x + bias), the bias added to every row; in one pass. */
export function addBias(precision: Precision, activation?: Activation): Kernel {
  return addBiasOnce(precision, ...keyOf(activation))
}

/**
 * `(rows, columns, y, dy, bias)`: dy [rows, columns] *= f'(x) from y = f(x), and bias = the sum of the rows of that, from
 * the first to the last; in one pass. Without an activation y is not read.
 */
export function biasBackward(precision: Precision, activation?: Activation): Kernel {
  return biasBackwardOnce(precision, ...keyOf(activation))
}

type Name = Activation['name'] | 'none'

function keyOf(activation: Activation | undefined): readonly [name: Name, slope: number] {
  return activation === undefined ? ['none', 0] : activationKey(activation)
}

const addBiasOnce = once((precision: Precision, name: Name, slope: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  const text: Pick<ActivationText, 'temporaries' | 'value'> =
    name === 'none' ? { temporaries: 0, value: (_, x) => x } : activationText(name, slope)
  const { temporaries } = text
  const nowhere: Local = { type: 'v128', index: 0 }
  const constants = constantsIn(vector, (lanes) =>
    text.value(lanes, get(nowhere), Array(temporaries).fill(nowhere))(),
  )
  return defineKernel({
    name: `addBias(${name})`,
    parameters: ['rows', 'columns', 'bias', 'x'],
    locals: {
      column: i32,
      end: i32,
      wide: vector.type,
      narrow: single.type,
      ...numbered('wide', temporaries, vector.type),
      ...numbered('narrow', temporaries, single.type),
      ...numbered('constant', constants.length, vector.type),
    },
    body(v) {
      const { rows, columns, bias, x, column, end } = v
      const places = {
        wide: inOrder(v, 'wide', temporaries),
        narrow: inOrder(v, 'narrow', temporaries),
      }
      const kept = inOrder(v, 'constant', constants.length)
      for (const [index, place] of kept.entries()) set(place, vector.constant(constants[index]))
      const wideLanes = keepingConstants(vector, constants, kept)
      set(columns, times(get(columns), whole(single.elementBytes)))
      set(end, plus(get(x), times(get(rows), get(columns))))
      whileBelow(x, get(end), () => {
        set(column, whole(0))
        alongRow(precision, column, get(columns), ({ width }) => {
          const [lanes, name] = width === 1 ? ([single, 'narrow'] as const) : ([wideLanes, 'wide'] as const)
          const place = plus(get(x), get(column))
          set(v[name], lanes.add(lanes.load(place), lanes.load(plus(get(bias), get(column)))))
          lanes.store(place, text.value(lanes, get(v[name]), places[name]))
        })
        advance(x, get(columns))
      })
    },
  })
})

/** Rows whose sum is taken in one visit of `bias`. */
const rowsAtOnce = 4

const biasBackwardOnce = once((precision: Precision, name: Name, slope: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: `biasBackward(${name})`,
    parameters: ['rows', 'columns', 'y', 'dy', 'bias'],
    locals: {
      column: i32,
      end: i32,
      last: i32,
      place: i32,
      output: i32,
      wide: vector.type,
      wideSum: vector.type,
      narrow: single.type,
      narrowSum: single.type,
    },
    body(v) {
      const { rows, columns, y, dy, bias, column, end, last, place, output } = v

      /** bias += the next `count` rows of dy, each multiplied by f' where it lies. */
      function addRows(count: number): void {
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) => {
          const [term, sum] = lanes.width === 1 ? [v.narrow, v.narrowSum] : [v.wide, v.wideSum]
          const total = plus(get(bias), get(column))
          set(sum, lanes.load(total))
          set(place, plus(get(dy), get(column)))
          set(output, plus(get(y), get(column)))
          for (let row = 0; row < count; row++) {
            const gradient = lanes.load(get(place))
            if (name === 'none') set(term, gradient)
            else {
              set(term, activationText(name, slope).backward(lanes, lanes.load(get(output)), gradient))
              lanes.store(get(place), get(term))
            }
            set(sum, lanes.add(get(sum), get(term)))
            if (row === count - 1) continue
            advance(place, get(columns))
            if (name !== 'none') advance(output, get(columns))
          }
          lanes.store(total, get(sum))
        })
      }

      set(columns, times(get(columns), whole(single.elementBytes)))
      set(column, whole(0))
      alongRow(precision, column, get(columns), (lanes) => {
        lanes.store(plus(get(bias), get(column)), lanes.constant(0))
      })
      set(end, plus(get(dy), times(get(rows), get(columns))))
      set(
        last,
        plus(
          get(dy),
          times(() => i32.and(rows, -rowsAtOnce), get(columns)),
        ),
      )
      for (const [until, count] of [
        [last, rowsAtOnce],
        [end, 1],
      ] as const) {
        whileBelow(dy, get(until), () => {
          addRows(count)
          for (const array of [dy, y]) advance(array, times(get(columns), whole(count)))
        })
      }
    },
  })
})
