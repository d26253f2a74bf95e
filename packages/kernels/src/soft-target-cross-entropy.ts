import { f64, i32, type Local, v128 } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { expOfNegative, expPlaces } from './exp.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { labelColumn } from './label-column.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { inOrder, numbered } from './numbered.ts'
import { alongRow } from './rows.ts'
import { addToSum, type Sum, startSum, sumIn, totalOf } from './sum.ts'

const f64Lane = lanesOf.f64.single

/** What both kernels keep of a row. */
const localsOf = (precision: Precision) => {
  const { vector, single } = lanesOf[precision]
  return {
    end: i32,
    column: i32,
    largest: single.type,
    wideLargest: vector.type,
    exponent: single.type,
    wideExponent: vector.type,
    power: single.type,
    widePower: vector.type,
    ...numbered('place', expPlaces, single.type),
    ...numbered('widePlace', expPlaces, vector.type),
    sumA: v128,
    sumB: v128,
    sumTail: f64,
  } as const
}

type RowLocals = { readonly [K in keyof ReturnType<typeof localsOf>]: Local }

/**
 * Goes along a row of logits z, m the largest of them: `body` is given x_j = (z_j - m) / T and e^(x_j), which are added up in
 * `sum`. Places other than those of the row are free.
 */
function exponentiate(
  precision: Precision,
  temperature: number,
  v: RowLocals & {
    readonly column: Local<'i32'>
    readonly columns: Local<'i32'>
    readonly logits: Local<'i32'>
  },
  sum: Sum,
  body: (lanes: Lanes, exponent: Emit, power: Emit) => void,
): void {
  const { single } = lanesOf[precision]
  const { splat } = conversionsOf[precision]
  const { column, columns, logits } = v
  const z = plus(get(logits), get(column))
  set(v.largest, single.load(get(logits)))
  set(column, whole(single.bytes))
  whileBelow(column, get(columns), () => {
    set(v.largest, single.max(get(v.largest), single.load(z)))
    advance(column, whole(single.bytes))
  })
  set(v.wideLargest, splat(get(v.largest)))
  startSum(sum)
  set(column, whole(0))
  alongRow(precision, column, get(columns), (lanes) => {
    const [largest, exponent, power] =
      lanes.width === 1 ? [v.largest, v.exponent, v.power] : [v.wideLargest, v.wideExponent, v.widePower]
    const places = inOrder(v, lanes.width === 1 ? 'place' : 'widePlace', expPlaces)
    set(exponent, lanes.mul(lanes.sub(lanes.load(z), get(largest)), lanes.constant(1 / temperature)))
    set(power, expOfNegative(lanes, get(exponent), places))
    addToSum(sum, lanes, get(power))
    body(lanes, get(exponent), get(power))
  })
}

/**
 * `(rows, columns, logits, targets, result)`: takes cross-entropy with soft targets into the mean loss at `result`.
 *
 *   loss = hardWeight loss + (1 - hardWeight) T^2 mean_i ( log s_i - sum_j q_ij x_ij ),  x_ij = (z_ij - m_i) / T,  s_i = sum_j e^(x_ij)
 *
 * Shapes: logits z, targets q [rows, columns]; m_i is the largest logit of row i, and every row of q has the sum 1. Sums in
 * f64. Source: Hinton et al. 2015, arXiv:1503.02531, section 2.
 */
export const softTargetCrossEntropy = once(
  (precision: Precision, temperature: number, hardWeight: number): Kernel =>
    defineKernel({
      name: 'softTargetCrossEntropy',
      parameters: ['rows', 'columns', 'logits', 'targets', 'result'],
      locals: { ...localsOf(precision), total: f64, meanA: v128, meanB: v128, meanTail: f64 },
      body(v) {
        const { rows, columns, logits, targets, result, end, column, total } = v
        const sum = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
        const mean = sumIn(precision, [v.meanA, v.meanB], v.meanTail)
        set(columns, times(get(columns), whole(lanesOf[precision].single.bytes)))
        set(end, plus(get(logits), times(get(rows), get(columns))))
        whileBelow(logits, get(end), () => {
          startSum(mean)
          exponentiate(precision, temperature, v, sum, (lanes, exponent) =>
            addToSum(mean, lanes, exponent, lanes.load(plus(get(targets), get(column)))),
          )
          const rowLoss = f64Lane.sub(f64Lane.transcendental('log', [totalOf(sum)]), totalOf(mean))
          set(total, f64Lane.add(get(total), rowLoss))
          for (const array of [logits, targets]) advance(array, get(columns))
        })
        const samples: Emit = asNumber(get(rows))
        const soft = f64Lane.mul(
          f64Lane.div(get(total), samples),
          f64Lane.constant((1 - hardWeight) * temperature ** 2),
        )
        const hard = f64Lane.mul(f64Lane.load(get(result)), f64Lane.constant(hardWeight))
        f64Lane.store(get(result), f64Lane.add(hard, soft))
      },
    }),
)

/**
 * `(rows, samples, columns, logits, targets, probabilities, labels, gradient)`: the gradient of the mean loss of `samples`
 * samples, of which these rows are some or all, by the logits.
 *
 *   dz_ij = ( hardWeight (p_ij - [j = y_i]) + (1 - hardWeight) T (e^(x_ij) / s_i - q_ij) ) / samples
 *
 * Shapes: logits, targets q, probabilities p, gradient [rows, columns]; labels y i32 [rows].
 */
export const softTargetCrossEntropyBackward = once(
  (precision: Precision, temperature: number, hardWeight: number): Kernel => {
    const { vector, single } = lanesOf[precision]
    const { narrow, splat } = conversionsOf[precision]
    return defineKernel({
      name: 'softTargetCrossEntropyBackward',
      parameters: ['rows', 'samples', 'columns', 'logits', 'targets', 'probabilities', 'labels', 'gradient'],
      locals: {
        ...localsOf(precision),
        hard: single.type,
        wideHard: vector.type,
        soft: single.type,
        wideSoft: vector.type,
        reciprocal: single.type,
        wideReciprocal: vector.type,
      },
      body(v) {
        const { rows, samples, columns, logits, targets, probabilities, labels, gradient, end, column } = v
        const sum = sumIn(precision, [v.sumA, v.sumB], v.sumTail)
        const at = (array: Local): Emit => plus(get(array), get(column))
        const everywhere = (one: Local, wide: Local, number: Emit): void => {
          set(one, narrow(number))
          set(wide, splat(get(one)))
        }
        const perSample = (factor: number): Emit =>
          f64Lane.div(f64Lane.constant(factor), asNumber(get(samples)))

        everywhere(v.hard, v.wideHard, perSample(hardWeight))
        everywhere(v.soft, v.wideSoft, perSample((1 - hardWeight) * temperature))
        set(columns, times(get(columns), whole(single.bytes)))
        set(end, plus(get(logits), times(get(rows), get(columns))))
        whileBelow(logits, get(end), () => {
          exponentiate(precision, temperature, v, sum, (lanes, _exponent, power) =>
            lanes.store(at(gradient), power),
          )
          everywhere(v.reciprocal, v.wideReciprocal, f64Lane.div(f64Lane.constant(1), totalOf(sum)))
          set(column, whole(0))
          alongRow(precision, column, get(columns), (lanes) => {
            const [hard, soft, reciprocal] =
              lanes.width === 1 ? [v.hard, v.soft, v.reciprocal] : [v.wideHard, v.wideSoft, v.wideReciprocal]
            const softened = lanes.mul(lanes.load(at(gradient)), get(reciprocal))
            lanes.store(
              at(gradient),
              lanes.add(
                lanes.mul(lanes.load(at(probabilities)), get(hard)),
                lanes.mul(lanes.sub(softened, lanes.load(at(targets))), get(soft)),
              ),
            )
          })
          set(column, labelColumn(labels, single.bytes))
          single.store(at(gradient), single.sub(single.load(at(gradient)), get(v.hard)))
          for (const array of [logits, targets, probabilities, gradient]) advance(array, get(columns))
          advance(labels, whole(4))
        })
      },
    })
  },
)
