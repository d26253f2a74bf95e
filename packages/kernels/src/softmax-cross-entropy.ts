import { call, f32, f32x4, f64, f64x2, i32, if_, importFunc, type Local, local } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { expOfNegative } from './exp.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

const log = importFunc({ in: [f64], out: [f64] }, Math.log)

/** Steps between the element's type and f64, and between one element and the lanes. */
const conversions = {
  f32: {
    widen: () => f64.promote_f32(),
    narrow: () => f32.demote_f64(),
    splat: () => f32x4.splat(),
    greater: () => f32.gt(),
  },
  f64: { widen: () => {}, narrow: () => {}, splat: () => f64x2.splat(), greater: () => f64.gt() },
} as const

/** The label at an address. */
function labelAt(address: Local<'i32'>): Emit {
  return () => {
    local.get(address)
    i32.load()
  }
}

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
  const { widen, narrow, splat, greater } = conversions[precision]
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
          greater()
          if_(() => set(best, get(column)))
          set(largest, single.max(get(largest), single.load(z)))
          advance(column, whole(elementBytes))
        })
      }

      /** p_ij = e^(z_ij - m_i), not yet divided, and their sum s_i. */
      function exponentiate(): void {
        set(wide, () => {
          local.get(largest)
          splat()
        })
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
          set(sum, () => {
            local.get(sum)
            single.load(p)()
            widen()
            f64.add()
          })
          advance(column, whole(elementBytes))
        })
      }

      /** rowLoss = log s_i - (z_iy - m_i); total += rowLoss. */
      function addLoss(labelColumn: Emit): void {
        set(rowLoss, () => {
          local.get(sum)
          call(log)
          single.sub(single.load(plus(get(logits), labelColumn)), get(largest))()
          widen()
          f64.sub()
        })
        set(total, () => {
          local.get(total)
          local.get(rowLoss)
          f64.add()
        })
      }

      /** p_ij /= s_i, as a product with the reciprocal. */
      function normalize(): void {
        const reciprocal = rest
        set(reciprocal, () => {
          f64.const(1)
          local.get(sum)
          f64.div()
          narrow()
        })
        set(wide, () => {
          local.get(reciprocal)
          splat()
        })
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
        const labelColumn = times(labelAt(labels), whole(elementBytes))
        findLargest()
        exponentiate()
        addLoss(labelColumn)
        set(
          correct,
          plus(get(correct), () => {
            local.get(best)
            labelColumn()
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
  const { narrow, splat } = conversions[precision]
  return defineKernel({
    name: 'softmaxCrossEntropyBackward',
    parameters: ['rows', 'samples', 'columns', 'probabilities', 'labels', 'gradient'],
    locals: { end: i32, column: i32, wide: vector.type, share: single.type },
    body({ rows, samples, columns, probabilities, labels, gradient, end, column, wide, share }) {
      const p = plus(get(probabilities), get(column))
      const dz = plus(get(gradient), get(column))
      set(share, () => {
        f64.const(1)
        local.get(samples)
        f64.convert_i32_u()
        f64.div()
        narrow()
      })
      set(wide, () => {
        local.get(share)
        splat()
      })
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
        set(column, times(labelAt(labels), whole(elementBytes)))
        single.store(dz, single.mul(single.sub(single.load(p), single.constant(1)), get(share)))
        advance(probabilities, get(columns))
        advance(gradient, get(columns))
        advance(labels, whole(4))
      })
    },
  })
})
