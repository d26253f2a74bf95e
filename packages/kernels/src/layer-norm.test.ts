import { guarded, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { bind, createWorkspace, layerNorm, layerNormBackward } from './index.ts'

const epsilon = 1e-5
const unit = { f32: 2 ** -24, f64: 2 ** -53 }

const rowsOf = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]),
  )

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

/** The textbook, in f64. */
function textbook(x: number[][], scale: number[], shift: number[], dy: number[][]) {
  const normal = x.map((row) => {
    const m = mean(row)
    const deviations = row.map((value) => value - m)
    const root = Math.sqrt(mean(deviations.map((d) => d * d)) + epsilon)
    return { values: deviations.map((d) => d / root), root }
  })
  return {
    y: normal.map(({ values }) => values.map((n, j) => n * scale[j] + shift[j])),
    dx: normal.map(({ values, root }, i) => {
      const g = dy[i].map((value, j) => value * scale[j])
      const slope = mean(g.map((value, j) => value * values[j]))
      return g.map((value, j) => (value - mean(g) - values[j] * slope) / root)
    }),
    dScale: scale.map((_, j) => sum(normal.map(({ values }, i) => dy[i][j] * values[j]))),
    dShift: shift.map((_, j) => sum(dy.map((row) => row[j]))),
    /** Of the terms that gradients are made of. */
    largestTerm: Math.max(...normal.map(({ root }) => 1 / root)),
  }
}

describe.each(['f32', 'f64'] as const)('%s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })
  const kernels = bind(workspace, {
    forward: layerNorm(precision, epsilon),
    backward: layerNormBackward(precision),
  })

  function run(rows: number, columns: number, offset: number) {
    const make = (length: number, seed: number, add = 0) =>
      guarded(
        workspace,
        precision,
        sequence(length, seed).map((value) => value + add),
      )
    const [x, y, dy, dx] = [offset, 0, 0, 0].map((add, index) => make(rows * columns, index + 1, add))
    const [scale, shift, dScale, dShift] = [1, 0, 0, 0].map((add, index) => make(columns, index + 5, add))
    const moments = make(2 * rows, 9)
    kernels.forward(rows, columns, x.address, scale.address, shift.address, moments.address, y.address)
    const given = [x.address, scale.address, moments.address, dy.address]
    kernels.backward(rows, columns, ...given, dx.address, dScale.address, dShift.address)
    const results = [y, dx, dScale, dShift].map(({ values }) => Array.from(values))
    kernels.backward(rows, columns, ...given, dy.address, dScale.address, dShift.address)
    const inPlace = Array.from(dy.values)
    dy.values.set(sequence(rows * columns, 3))
    const intact = [x, y, dy, dx, scale, shift, dScale, dShift, moments].every((array) => array.intact())
    expect(intact).toBe(true)
    const [xs, dys] = [x, dy].map(({ values }) => rowsOf(values, columns))
    const expected = textbook(xs, Array.from(scale.values), Array.from(shift.values), dys)
    return { results, inPlace, expected }
  }

  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [2, 7],
    [5, 12],
    [3, 67],
    [9, 128],
  ])('%d x %d: the textbook formulas, within 32 units of the largest term', (rows, columns) => {
    const { results, inPlace, expected } = run(rows, columns, 0)
    const { y, dx, dScale, dShift, largestTerm } = expected
    for (const [index, values] of [y.flat(), dx.flat(), dScale, dShift].entries()) {
      const largest = Math.max(1, largestTerm, ...values.map(Math.abs))
      values.forEach((value, place) => {
        const error = Math.abs(results[index][place] - value)
        expect(error).toBeLessThanOrEqual(32 * unit[precision] * largest)
      })
    }
    expect(inPlace).toEqual(results[1])
  })

  it('loses to a mean a thousand times the deviation only what the numbers themselves have lost', () => {
    const { results, expected } = run(4, 50, 1000)
    expected.y.flat().forEach((value, place) => {
      expect(Math.abs(results[0][place] - value)).toBeLessThanOrEqual(4000 * unit[precision])
    })
  })

  it('of a constant row is its shift', () => {
    const [x, shift] = [Array(6).fill(3), sequence(6, 1)].map((content) =>
      guarded(workspace, precision, content),
    )
    const scale = guarded(workspace, precision, Array(6).fill(2))
    const [y, moments] = [Array(6).fill(0), [0, 0]].map((content) => guarded(workspace, precision, content))
    kernels.forward(1, 6, x.address, scale.address, shift.address, moments.address, y.address)
    expect(y.values).toEqual(shift.values)
  })
})
