import { f32, f64, i32, if_, local } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { expOfNegative } from './exp.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { labelColumn } from './label-column.ts'
import { lanesOf, type Precision } from './lanes.ts'

const f64Lane = lanesOf.f64.single
const greater = { f32: () => f32.gt(), f64: () => f64.gt() }

/**
 * `(rows, columns, logits, labels, probabilities, result)`: softmax and cross-entropy of every row.
 *
 *   p_ij = e^(z_ij - m_i) / s_i,  m_i = max_j z_ij,  s_i = sum_j e^(z_ij - m_i)
 *   loss = mean_i ( log s_i - (z_iy - m_i) ),  y the label of row i
 *
 * Shapes: logits, probabilities [rows, columns]; labels i32 [rows]. `result` is two f64: the mean loss, and how many
 * rows have a finite loss and their largest logit (the first, if several) at their label. s_i and the loss are summed in f64 from left
 * to right. A row with NaN or an infinite largest logit makes the loss NaN.
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
      wideRest: vector.type,
      wideRounded: vector.type,
      largest: single.type,
      rest: single.type,
      rounded: single.type,
      sum: f64,
      rowLoss: f64,
      total: f64,
    },
    body(v) {
      const { rows, columns, logits, labels, probabilities, result, end, column, fullBytes, best, correct } =
        v
      const { wide, wideRest, wideRounded, largest, rest, rounded, sum, rowLoss, total } = v
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
          vector.store(p, expOfNegative(vector, vector.sub(vector.load(z), get(wide)), wideRest, wideRounded))
          advance(column, whole(vector.bytes))
        })
        whileBelow(column, rowBytes, () => {
          single.store(p, expOfNegative(single, single.sub(single.load(z), get(largest)), rest, rounded))
          advance(column, whole(elementBytes))
        })
        set(sum, () => f64.const(0))
        set(column, whole(0))
        whileBelow(column, rowBytes, () => {
          set(sum, f64Lane.add(get(sum), widen(single.load(p))))
          advance(column, whole(elementBytes))
        })
      }

      /** rowLoss = log s_i - (z_iy - m_i); total += rowLoss. */
      function addLoss(label: Emit): void {
        const exponent = single.sub(single.load(plus(get(logits), label)), get(largest))
        set(rowLoss, f64Lane.sub(f64Lane.transcendental('log', [get(sum)]), widen(exponent)))
        set(total, f64Lane.add(get(total), get(rowLoss)))
      }

      /** p_ij /= s_i, as a product with the reciprocal. */
      function normalize(): void {
        const reciprocal = rest
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
            // x - x is 0, or NaN where x is not finite: such a row is no hit.
            local.get(rowLoss)
            local.get(rowLoss)
            f64.sub()
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
      local.get(result)
      local.get(total)
      local.get(rows)
      f64.convert_i32_u()
      f64.div()
      f64.store()
      local.get(result)
      local.get(correct)
      f64.convert_i32_u()
      f64.store({ offset: 8 })
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
