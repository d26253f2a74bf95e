import { guarded, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  bind,
  countHits,
  createWorkspace,
  hinge,
  hingeBackward,
  oneHot,
  softmaxCrossEntropy,
  softTargetCrossEntropy,
  softTargetCrossEntropyBackward,
  squaredError,
  squaredErrorBackward,
  squaredPenalty,
} from './index.ts'

const unit = { f32: 2 ** -24, f64: 2 ** -53 }
const sizes = [
  [1, 1],
  [1, 2],
  [3, 3],
  [5, 4],
  [2, 5],
  [4, 10],
  [3, 17],
] as const

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function softmax(z: readonly number[]): number[] {
  const powers = z.map((value) => Math.exp(value - Math.max(...z)))
  return powers.map((power) => power / sum(powers))
}

describe.each(['f32', 'f64'] as const)('%s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })
  const result = workspace.f64(2)
  const close = (actual: ArrayLike<number>, expected: readonly number[], units: number): void => {
    expected.forEach((value, index) => {
      expect(Math.abs(actual[index] - value)).toBeLessThanOrEqual(
        units * unit[precision] * Math.max(1, Math.abs(value)),
      )
    })
  }

  /** Outputs and labels of rows, and arrays to write to. */
  function setUp(rows: number, columns: number) {
    const array = (seed: number) =>
      guarded(
        workspace,
        precision,
        sequence(rows * columns, seed).map((value) => 3 * value),
      )
    const [outputs, written, gradient] = [1, 2, 3].map(array)
    const labels = workspace.i32(rows)
    labels.forEach((_, row) => {
      labels[row] = (row * 7 + 1) % columns
    })
    const z = labels.reduce<number[][]>((all, _, row) => {
      all.push(Array.from(outputs.values.subarray(row * columns, (row + 1) * columns)))
      return all
    }, [])
    return { outputs, written, gradient, labels, z }
  }

  describe.each([
    [1, 0.5],
    [4, 0.25],
    [2, 0],
  ])('soft targets, temperature %d, hard weight %d', (temperature, hardWeight) => {
    const kernels = bind(workspace, {
      hard: softmaxCrossEntropy(precision),
      forward: softTargetCrossEntropy(precision, temperature, hardWeight),
      backward: softTargetCrossEntropyBackward(precision, temperature, hardWeight),
    })

    it.each(sizes)('%d x %d: the textbook formulas, within 16 units', (rows, columns) => {
      const { outputs, written, gradient, labels, z } = setUp(rows, columns)
      const q = z.map((_, row) => softmax([...sequence(columns, row + 9)].map((value) => 2 * value)))
      const targets = guarded(workspace, precision, q.flat())
      kernels.hard(rows, columns, outputs.address, labels.byteOffset, written.address, result.byteOffset)
      const [, correct] = result
      kernels.forward(rows, columns, outputs.address, targets.address, result.byteOffset)
      const read = [outputs.address, targets.address, written.address, labels.byteOffset]
      kernels.backward(rows, 2 * rows, columns, ...read, gradient.address)
      const p = z.map(softmax)
      const softened = z.map((row) => softmax(row.map((value) => value / temperature)))
      const losses = z.map((_, i) => {
        const soft = -sum(q[i].map((target, j) => target * Math.log(softened[i][j])))
        return -hardWeight * Math.log(p[i][labels[i]]) + (1 - hardWeight) * temperature ** 2 * soft
      })
      close(result, [sum(losses) / rows, correct], 16)
      const expected = z.flatMap((_, i) =>
        q[i].map((target, j) => {
          const hard = p[i][j] - Number(j === labels[i])
          const soft = temperature * (softened[i][j] - target)
          return (hardWeight * hard + (1 - hardWeight) * soft) / (2 * rows)
        }),
      )
      close(gradient.values, expected, 16)
      expect([outputs, written, gradient, targets].every((array) => array.intact())).toBe(true)
    })
  })

  describe.each([1, 0.3])('hinge, margin %d', (margin) => {
    const kernels = bind(workspace, {
      forward: hinge(precision, margin),
      backward: hingeBackward(precision, margin),
    })

    it.each(sizes)('%d x %d: the textbook formulas', (rows, columns) => {
      const { outputs, gradient, labels, z } = setUp(rows, columns)
      kernels.forward(rows, columns, outputs.address, labels.byteOffset, result.byteOffset)
      kernels.backward(rows, 2 * rows, columns, outputs.address, labels.byteOffset, gradient.address)
      const terms = z.map((row, i) =>
        row.map((value, j) => (j === labels[i] ? 0 : Math.max(0, value - row[labels[i]] + margin))),
      )
      close(result, [sum(terms.flat()) / rows], 8 * columns)
      const expected = terms.flatMap((row, i) => {
        const above = row.map((term) => Number(term > 0))
        return above.map((one, j) => (j === labels[i] ? -sum(above) : one) / (2 * rows))
      })
      close(gradient.values, expected, 4)
      expect(gradient.intact()).toBe(true)
    })

    it('is NaN where an output is', () => {
      const { outputs, labels } = setUp(3, 4)
      outputs.values[6] = Number.NaN
      kernels.forward(3, 4, outputs.address, labels.byteOffset, result.byteOffset)
      expect(result[0]).toBeNaN()
    })
  })

  describe('squared error', () => {
    const kernels = bind(workspace, {
      forward: squaredError(precision),
      backward: squaredErrorBackward(precision),
      oneHot: oneHot(precision),
    })

    it.each(sizes)('%d x %d: the textbook formulas, the targets overwritten or not', (rows, columns) => {
      const { outputs, written, gradient, labels, z } = setUp(rows, columns)
      kernels.oneHot(rows, columns, labels.byteOffset, gradient.address)
      const ones = z.flatMap((row, i) => row.map((_, j) => Number(j === labels[i])))
      expect([...gradient.values]).toEqual(ones)
      const differences = z.flat().map((value, index) => value - ones[index])
      result.fill(9)
      kernels.forward(rows, columns, outputs.address, gradient.address, written.address, result.byteOffset)
      close(result, [sum(differences.map((d) => d * d)) / (rows * columns), 0], 4)
      expect(written.values).toEqual(outputs.values)
      kernels.backward(rows, 2 * rows, columns, outputs.address, gradient.address, gradient.address)
      close(
        gradient.values,
        differences.map((d) => d / (rows * columns)),
        4,
      )
      const [loss] = result
      kernels.oneHot(rows, columns, labels.byteOffset, written.address)
      kernels.forward(rows, columns, outputs.address, written.address, written.address, result.byteOffset)
      expect([...result]).toEqual([loss, 0])
      expect([outputs, written, gradient].every((array) => array.intact())).toBe(true)
    })
  })

  it('counts rows whose largest output, the first if several, is at the label', () => {
    const { countHits: count } = bind(workspace, { countHits: countHits(precision) })
    const rows = [
      [1, 2, 3, 2],
      [3, 2, 3, 1],
      [3, 2, 3, 1],
      [Number.NaN, 0, 0, 0],
      [0, 0, Number.NaN, 0],
      [-Infinity, -5, -7, -6],
    ]
    const labels = workspace.i32(rows.length)
    labels.set([2, 0, 2, 0, 0, 1])
    const outputs = guarded(workspace, precision, rows.flat())
    result.fill(9)
    for (const [length, hits] of [
      [6, 3],
      [3, 2],
      [1, 1],
    ]) {
      count(length, 4, outputs.address, labels.byteOffset, result.byteOffset)
      expect([...result]).toEqual([9, hits])
    }
  })

  it.each([0, 1, 2, 3, 4, 5, 9, 31])('penalty of %d weights: the textbook sum and gradient', (length) => {
    const { penalty } = bind(workspace, { penalty: squaredPenalty(precision, 0.3) })
    const [w, gradient] = [1, 2].map((seed) => guarded(workspace, precision, sequence(length, seed)))
    const before = Array.from(gradient.values)
    result[0] = Number.NaN
    penalty(length, w.address, gradient.address, 0, result.byteOffset)
    const once = 0.15 * sum(Array.from(w.values, (value) => value * value))
    expect(result[0]).toBeCloseTo(once, 14)
    const round = precision === 'f32' ? Math.fround : (value: number) => value
    const pull = (value: number): number => round(round(0.3) * value)
    expect([...gradient.values]).toEqual(before.map((value, i) => round(value + pull(w.values[i]))))
    penalty(length, w.address, gradient.address, 1, result.byteOffset)
    expect(result[0]).toBeCloseTo(2 * once, 14)
    expect(w.intact() && gradient.intact()).toBe(true)
  })
})
