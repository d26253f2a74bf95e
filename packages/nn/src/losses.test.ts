import { describe, expect, it } from 'vitest'
import { dense, gelu, hinge, type Loss, meanSquaredError, softmaxCrossEntropy, tanh } from './index.ts'
import { expectModelGradient, expectSameModelInF32, setUpModel } from './model.suite.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function softmax(z: readonly number[]): number[] {
  const powers = z.map(Math.exp)
  return powers.map((power) => power / sum(powers))
}

interface Case {
  readonly name: string
  readonly loss: Loss
  /** Of one sample: its outputs, its label, its targets. */
  readonly textbook: (z: number[], label: number, targets: number[]) => number
  readonly predictions: (z: number[]) => number[]
  /** Whether the largest output at the label counts. */
  readonly counts: boolean
  readonly targets: boolean
}

const crossEntropy = (targets: readonly number[], p: readonly number[]): number =>
  -sum(targets.map((target, j) => target * Math.log(p[j])))

const same = (z: number[]): number[] => z
const distance = (z: number[], t: readonly number[]): number =>
  sum(z.map((value, j) => (value - t[j]) ** 2)) / z.length
const oneHot = (z: number[], label: number): number[] => z.map((_, j) => Number(j === label))
const classification = { predictions: softmax, counts: true, targets: false }

const cases: readonly Case[] = [
  {
    name: 'softmax cross-entropy',
    loss: softmaxCrossEntropy(),
    textbook: (z, label) => -Math.log(softmax(z)[label]),
    ...classification,
  },
  {
    name: 'half soft targets',
    loss: softmaxCrossEntropy({ hardWeight: 0.5 }),
    textbook: (z, label, q) => -0.5 * Math.log(softmax(z)[label]) + 0.5 * crossEntropy(q, softmax(z)),
    ...classification,
    targets: true,
  },
  {
    name: 'soft targets at temperature 3',
    loss: softmaxCrossEntropy({ hardWeight: 0, temperature: 3 }),
    textbook: (z, _, q) => 9 * crossEntropy(q, softmax(z.map((value) => value / 3))),
    ...classification,
    targets: true,
  },
  {
    name: 'mean squared error',
    loss: meanSquaredError(),
    textbook: (z, _, t) => distance(z, t),
    predictions: same,
    counts: false,
    targets: true,
  },
  {
    name: 'mean squared error against labels',
    loss: meanSquaredError({ against: 'labels' }),
    textbook: (z, label) => distance(z, oneHot(z, label)),
    predictions: same,
    counts: true,
    targets: false,
  },
  {
    name: 'hinge',
    loss: hinge(),
    textbook: (z, label) => sum(z.map((value) => Math.max(0, value - z[label] + 1))) - 1,
    predictions: same,
    counts: true,
    targets: false,
  },
  {
    name: 'hinge, margin 0.4',
    loss: hinge({ margin: 0.4 }),
    textbook: (z, label) => sum(z.map((value) => Math.max(0, value - z[label] + 0.4))) - 0.4,
    predictions: same,
    counts: true,
    targets: false,
  },
]

const layers = [dense(6), tanh(), dense(5), gelu(), dense(4)]

describe.each(cases)('$name', ({ loss, textbook, predictions, counts, targets }) => {
  const options = { layers, input: [5], loss, capacity: 7 }

  it('is the textbook formula, a mean over samples', () => {
    const { model, batch, both } = setUpModel({ ...options, rows: 6 })
    both()
    expect(loss.targets).toBe(targets)
    expect(batch.targets.length).toBe(targets ? 7 * model.classes : 0)
    const z = outputsOf(options, 6)
    const rows = z.map((row, index) => {
      const q = Array.from(batch.targets.subarray(4 * index, 4 * index + 4))
      return textbook(row, batch.labels[index], q)
    })
    expect(batch.result[0]).toBeCloseTo(sum(rows) / 6, 13)
    const right = z.filter((row, index) => row.indexOf(Math.max(...row)) === batch.labels[index]).length
    expect(right).toBeGreaterThan(0)
    expect(batch.result[1]).toBe(counts ? right : 0)
    z.flatMap(predictions).forEach((value, index) => {
      expect(batch.predictions[index]).toBeCloseTo(value, 13)
    })
    expect([...batch.predictions.subarray(24)]).toEqual([0, 0, 0, 0])
  })

  it.each([
    [7, 7],
    [1, 1],
    [4, 9],
  ])('has the gradient of finite differences, %d rows of %d', (rows, batchRows) => {
    expectModelGradient({ ...options, rows, batchRows })
  })

  it('is the same in f32 to 1e-5', () => expectSameModelInF32({ ...options, rows: 7 }))
})

/** A model's outputs: what the hinge loss says they are. */
function outputsOf(
  options: Pick<Parameters<typeof setUpModel>[0], 'layers' | 'input' | 'capacity'>,
  rows: number,
) {
  const { batch, forward } = setUpModel({ ...options, rows, loss: hinge() })
  forward()
  return Array.from({ length: rows }, (_, row) =>
    Array.from(batch.predictions.subarray(4 * row, 4 * row + 4)),
  )
}

it('refuses options out of range', () => {
  expect(() => softmaxCrossEntropy({ temperature: 0 })).toThrow(
    new RangeError('softmaxCrossEntropy: temperature must be in (0, ∞), got 0'),
  )
  expect(() => softmaxCrossEntropy({ hardWeight: 1.5 })).toThrow(
    new RangeError('softmaxCrossEntropy: hardWeight must be in [0, 1], got 1.5'),
  )
  expect(() => hinge({ margin: -1 })).toThrow(new RangeError('hinge: margin must be in (0, ∞), got -1'))
  expect(() => meanSquaredError({ against: 'weights' as never })).toThrow(
    new RangeError('meanSquaredError: against must be "targets" or "labels", got "weights"'),
  )
})
