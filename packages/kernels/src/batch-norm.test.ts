import { guarded, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  batchNormalization,
  bind,
  createWorkspace,
  momentSums,
  momentsOfSums,
  normalizationGradients,
  normalizationSums,
  normalizeColumns,
  normalizeColumnsBackward,
} from './index.ts'

const sizes = fc.record({
  precision: fc.constantFrom('f32' as const, 'f64' as const),
  rows: fc.integer({ min: 1, max: 13 }),
  columns: fc.integer({ min: 1, max: 11 }),
  seed: fc.nat(),
  /** How far means lie from 0. */
  distance: fc.constantFrom(0, 10, 1e4),
})

const column = (values: ArrayLike<number>, columns: number, index: number): number[] =>
  Array.from(values).filter((_, place) => place % columns === index)

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

describe('batch normalisation', () => {
  it('finds the mean and variance of every column, wherever they lie', () => {
    fc.assert(
      fc.property(sizes, ({ precision, rows, columns, seed, distance }) => {
        const workspace = createWorkspace({ bytes: 1 << 16 })
        const kernels = bind(workspace, { sums: momentSums(precision), moments: momentsOfSums(precision) })
        const x = guarded(
          workspace,
          precision,
          sequence(rows * columns, seed).map((value) => value + distance),
        )
        const moments = guarded(workspace, 'f64', Array(2 * columns).fill(Number.NaN))
        kernels.sums(rows, columns, moments.address, x.address, x.address)
        kernels.moments(rows, columns, moments.address, x.address)
        // Differences to the first row are rounded, at most 2 apart from it; in f64 a large mean costs digits besides.
        const tolerance = precision === 'f32' ? 4e-7 : 1e-15 * (1 + distance)
        for (let index = 0; index < columns; index++) {
          const numbers = column(x.values, columns, index)
          const expected = mean(numbers)
          const variance = mean(numbers.map((value) => (value - expected) ** 2))
          expect(Math.abs(moments.values[index] - expected)).toBeLessThanOrEqual(tolerance)
          expect(Math.abs(moments.values[columns + index] - variance)).toBeLessThanOrEqual(tolerance)
        }
        expect(x.intact() && moments.intact()).toBe(true)
      }),
    )
  })

  it('normalises, and has the gradients of the textbook', () => {
    fc.assert(
      fc.property(sizes, ({ precision, rows, columns, seed }) => {
        const workspace = createWorkspace({ bytes: 1 << 17 })
        const kernels = bind(workspace, {
          normalization: batchNormalization(precision, 0.01),
          normalize: normalizeColumns(precision, { name: 'leakyRelu', slope: 0.5 }),
          sums: normalizationSums(precision, { name: 'leakyRelu', slope: 0.5 }),
          gradients: normalizationGradients(precision),
          backward: normalizeColumnsBackward(precision),
        })
        const array = (length: number, index: number) =>
          guarded(workspace, precision, sequence(length, seed + index))
        const [x, y, dy, dx] = [1, 2, 3, 4].map((index) => array(rows * columns, index))
        const [scale, shift, dScale, dShift] = [5, 6, 7, 8].map((index) => array(columns, index))
        const [normalization, slopes] = [4, 2].map((vectors) => array(vectors * columns, vectors))
        const given = Float64Array.from({ length: 2 * columns }, (_, index) =>
          index < columns ? 0.3 - 0.1 * index : 0.2 * (index - columns),
        )
        const moments = guarded(workspace, 'f64', given)
        const sums = guarded(workspace, 'f64', Array(2 * columns).fill(Number.NaN))
        const before = Array.from(dy.values)
        const vectorBytes = columns * x.values.BYTES_PER_ELEMENT
        const [center, rest] = [normalization.address, normalization.address + vectorBytes]

        kernels.normalization(columns, moments.address, scale.address, center)
        kernels.normalize(rows, columns, center, shift.address, x.address, y.address)
        kernels.sums(rows, columns, sums.address, center, rest, x.address, y.address, dy.address)
        const reciprocal = center + 3 * vectorBytes
        const written = [slopes.address, dScale.address, dShift.address]
        kernels.gradients(rows, columns, sums.address, reciprocal, ...written)
        kernels.backward(rows, columns, center, slopes.address, x.address, dy.address, dx.address)

        const tolerance = precision === 'f32' ? 1e-4 : 1e-13
        const near = (a: number, b: number): void =>
          expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b)))
        for (let index = 0; index < columns; index++) {
          const r = 1 / Math.sqrt(given[columns + index] + 0.01)
          const n = column(x.values, columns, index).map((value) => (value - given[index]) * r)
          const z = n.map((value) => value * scale.values[index] + shift.values[index])
          const outputs = column(y.values, columns, index)
          for (const [row, value] of z.entries()) near(outputs[row], value > 0 ? value : 0.5 * value)
          const g = column(before, columns, index).map((value, row) =>
            outputs[row] > 0 ? value : 0.5 * value,
          )
          expect(column(dy.values, columns, index)).toEqual(g)
          const products = g.map((value, row) => value * n[row])
          near(dShift.values[index], rows * mean(g))
          near(dScale.values[index], rows * mean(products))
          for (const [row, value] of column(dx.values, columns, index).entries()) {
            near(value, scale.values[index] * r * (g[row] - mean(g) - n[row] * mean(products)))
          }
        }
        for (const each of [x, y, dy, dx, scale, shift, dScale, dShift, normalization, slopes, moments, sums])
          expect(each.intact()).toBe(true)
      }),
    )
  })
})
