import { guarded, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bind, createWorkspace, type WinogradMap, winogradTransform } from './index.ts'

/** The matrices of Lavin & Gray 2016, section 4.1. */
const image = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
]
const kernel = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
]
const output = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
]
const transposed = (matrix: number[][]): number[][] =>
  matrix[0].map((_, column) => matrix.map((row) => row[column]))
const maps: Readonly<Record<WinogradMap, number[][]>> = {
  image,
  imageGradient: transposed(image),
  kernel,
  kernelGradient: transposed(kernel),
  output,
  outputGradient: transposed(output),
}

const times = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, p) => sum + value * b[p][j], 0)))

const cases = fc.record({
  precision: fc.constantFrom('f32' as const, 'f64' as const),
  map: fc.constantFrom(...(Object.keys(maps) as WinogradMap[])),
  squares: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 11 }),
  /** Whether squares lie one after another, or places, on either side; and numbers between places that are others'. */
  fromSquares: fc.boolean(),
  toSquares: fc.boolean(),
  gap: fc.nat(3),
})

describe('winogradTransform', () => {
  it('takes every square X to L X L^T, and writes nothing beside', () => {
    fc.assert(
      fc.property(cases, ({ precision, map, squares, width, fromSquares, toSquares, gap }) => {
        const matrix = maps[map]
        const [outs, ins] = [matrix.length, matrix[0].length]
        const strides = (inSquares: boolean, side: number) =>
          inSquares
            ? { square: side * side * width, place: width }
            : { square: width, place: squares * width + gap }
        const [from, to] = [strides(fromSquares, ins), strides(toSquares, outs)]
        const lengthOf = ({ square, place }: typeof from, side: number): number =>
          (squares - 1) * square + (side * side - 1) * place + width
        const workspace = createWorkspace({ bytes: 1 << 16 })
        const x = guarded(workspace, precision, sequence(lengthOf(from, ins), 1))
        const y = guarded(workspace, precision, sequence(lengthOf(to, outs), 2))
        const expected = Array.from(y.values)
        const bytes = x.values.BYTES_PER_ELEMENT
        const { run } = bind(workspace, {
          run: winogradTransform(precision, map, from.place * bytes, to.place * bytes),
        })
        run(squares, width * bytes, x.address, from.square * bytes, y.address, to.square * bytes)
        for (let square = 0; square < squares; square++)
          for (let c = 0; c < width; c++) {
            const numberAt = (place: number): number =>
              x.values[square * from.square + place * from.place + c]
            const rows = Array.from({ length: ins }, (_, i) =>
              Array.from({ length: ins }, (_, j) => numberAt(i * ins + j)),
            )
            for (const [index, value] of times(times(matrix, rows), transposed(matrix)).flat().entries())
              expected[square * to.square + index * to.place + c] = value
          }
        // At most 16 terms below 1 are added; what lies between is untouched, bit for bit.
        const tolerance = precision === 'f32' ? 16 * 2 ** -22 : 16 * 2 ** -51
        expected.forEach((value, index) => {
          expect(Math.abs(y.values[index] - value)).toBeLessThanOrEqual(tolerance)
        })
        expect(x.intact() && y.intact()).toBe(true)
      }),
    )
  })
})
