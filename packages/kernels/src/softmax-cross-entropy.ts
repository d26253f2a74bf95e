import { f32, f64, i32, if_, local } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { expOfNegative, expPlaces } from './exp.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { labelColumn } from './label-column.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { inOrder, numbered } from './numbered.ts'

const f64Lane = lanesOf.f64.single

/** Far below the largest number, divided by the most columns that a row can have. */
const largestProduct = 1e290
const greater = { f32: () => f32.gt(), f64: () => f64.gt() }

/**
 * `(rows, columns, logits, labels, probabilities, result)`: softmax and cross-entropy of every row.
 *
 *   p_ij = e^(z_ij - m_i) / s_i,  m_i = max_j z_ij,  s_i = sum_j e^(z_ij - m_i)
 *   loss = mean_i ( log s_i - (z_iy - m_i) ),  y the label of row i
 *
 * Shapes: logits, probabilities [rows, columns]; labels i32 [rows]. `result` is two f64: the mean loss, and how many
 * rows have a finite loss and their largest logit (the first, if several) at their label. s_i and z_iy - m_i are summed in
 * f64 from left to right; the logs of s_i are those of their products, as long as these stay small, because a log takes as
 * long as ten products. A row with NaN or an infinite largest logit makes the loss NaN.
 */
export const softmaxCrossEntropy = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { elementBytes } = single
  const { widen, narrow, splat } = conversionsOf[precision]
  return defineKernel({
    name: 'softmaxCrossEntropy',
    parameters: ['rows', 'columns', 'logits', 'labels', 'probabilities', 'result'],
    locals: {
      end: i32,
      column: i32,
      fullBytes: i32,
      best: i32,
      correct: i32,
      wide: vector.type,
      ...numbered('wide', expPlaces, vector.type),
      largest: single.type,
      reciprocal: single.type,
      ...numbered('narrow', expPlaces, single.type),
      sum: f64,
      exponent: f64,
      product: f64,
      total: f64,
    },
    body(v) {
      const { rows, columns, logits, labels, probabilities, result, end, column, fullBytes, best, correct } =
        v
      const { wide, largest, reciprocal, sum, exponent, product, total } = v
      const [widePlaces, places] = [inOrder(v, 'wide', expPlaces), inOrder(v, 'narrow', expPlaces)]
      const z = plus(get(logits), get(column))
      const p = plus(get(probabilities), get(column))
      const rowBytes = get(columns)

      /** m_i, and the first column that holds it. */
      function findLargest(): void {
        set(largest, single.load(get(logits)))
        set(best, whole(0))
        set(column, whole(elementBytes))
        whileBelow(column, rowBytes, () => {
          single.load(z)()
          local.get(largest)
          greater[precision]()
          if_(() => set(best, get(column)))
          set(largest, single.max(get(largest), single.load(z)))
          advance(column, whole(elementBytes))
        })
      }

      /** p_ij = e^(z_ij - m_i), not yet divided, and their sum s_i. */
      function exponentiate(): void {
        set(wide, splat(get(largest)))
        set(column, whole(0))
        whileBelow(column, get(fullBytes), () => {
          vector.store(p, expOfNegative(vector, vector.sub(vector.load(z), get(wide)), widePlaces))
          advance(column, whole(vector.bytes))
        })
        whileBelow(column, rowBytes, () => {
          single.store(p, expOfNegative(single, single.sub(single.load(z), get(largest)), places))
          advance(column, whole(elementBytes))
        })
        set(sum, () => f64.const(0))
        set(column, whole(0))
        whileBelow(column, rowBytes, () => {
          set(sum, f64Lane.add(get(sum), widen(single.load(p))))
          advance(column, whole(elementBytes))
        })
      }

      /** total += log product, product = 1. */
      function takeLog(): void {
        set(total, f64Lane.add(get(total), f64Lane.transcendental('log', [get(product)])))
        set(product, f64Lane.constant(1))
      }

      /** exponent = z_iy - m_i; total -= exponent; product *= s_i. */
      function addLoss(label: Emit): void {
        set(exponent, widen(single.sub(single.load(plus(get(logits), label)), get(largest))))
        set(total, f64Lane.sub(get(total), get(exponent)))
        set(product, f64Lane.mul(get(product), get(sum)))
        local.get(product)
        f64.const(largestProduct)
        f64.gt()
        if_(takeLog)
      }

      /** p_ij /= s_i, as a product with the reciprocal. */
      function normalize(): void {
        set(reciprocal, narrow(f64Lane.div(f64Lane.constant(1), get(sum))))
        set(wide, splat(get(reciprocal)))
        set(column, whole(0))
        whileBelow(column, get(fullBytes), () => {
          vector.store(p, vector.mul(vector.load(p), get(wide)))
          advance(column, whole(vector.bytes))
        })
        whileBelow(column, rowBytes, () => {
          single.store(p, single.mul(single.load(p), get(reciprocal)))
          advance(column, whole(elementBytes))
        })
      }

      set(columns, times(get(columns), whole(elementBytes)))
      set(fullBytes, () => i32.and(columns, -vector.bytes))
      set(end, plus(get(logits), times(get(rows), rowBytes)))
      set(correct, whole(0))
      set(total, () => f64.const(0))
      set(product, () => f64.const(1))
      whileBelow(logits, get(end), () => {
        const label = labelColumn(labels, elementBytes)
        findLargest()
        exponentiate()
        addLoss(label)
        set(
          correct,
          plus(get(correct), () => {
            local.get(best)
            label()
            i32.eq()
            // 0 x is 0, or NaN where x is not finite: such a row is no hit.
            local.get(exponent)
            local.get(sum)
            f64.add()
            f64.const(0)
            f64.mul()
            f64.const(0)
            f64.eq()
            i32.and()
          }),
        )
        normalize()
        advance(logits, rowBytes)
        advance(probabilities, rowBytes)
        advance(labels, whole(4))
      })
      takeLog()
      f64Lane.store(get(result), f64Lane.div(get(total), asNumber(get(rows))))
      f64Lane.store(get(result), asNumber(get(correct)), 8)
    },
  })
})

/**
 * `(rows, samples, columns, probabilities, labels, gradient)`: the gradient of the mean loss of `samples` samples, of which
 * these rows are some or all, with respect to the logits.
 *
 *   dz_ij = (p_ij - [j = y_i]) / samples
 *
 * Shapes: probabilities, gradient [rows, columns]; labels i32 [rows].
 */
export const softmaxCrossEntropyBackward = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { elementBytes } = single
  const { narrow, splat } = conversionsOf[precision]
  return defineKernel({
    name: 'softmaxCrossEntropyBackward',
    parameters: ['rows', 'samples', 'columns', 'probabilities', 'labels', 'gradient'],
    locals: { end: i32, column: i32, wide: vector.type, share: single.type },
    body({ rows, samples, columns, probabilities, labels, gradient, end, column, wide, share }) {
      const p = plus(get(probabilities), get(column))
      const dz = plus(get(gradient), get(column))
      const samplesInAll: Emit = asNumber(get(samples))
      set(share, narrow(f64Lane.div(f64Lane.constant(1), samplesInAll)))
      set(wide, splat(get(share)))
      set(columns, times(get(columns), whole(elementBytes)))
      set(end, plus(get(probabilities), times(get(rows), get(columns))))
      whileBelow(probabilities, get(end), () => {
        set(column, whole(0))
        whileBelow(
          column,
          () => i32.and(columns, -vector.bytes),
          () => {
            vector.store(dz, vector.mul(vector.load(p), get(wide)))
            advance(column, whole(vector.bytes))
          },
        )
        whileBelow(column, get(columns), () => {
          single.store(dz, single.mul(single.load(p), get(share)))
          advance(column, whole(elementBytes))
        })
        set(column, labelColumn(labels, elementBytes))
        single.store(dz, single.mul(single.sub(single.load(p), single.constant(1)), get(share)))
        advance(probabilities, get(columns))
        advance(gradient, get(columns))
        advance(labels, whole(4))
      })
    },
  })
})
