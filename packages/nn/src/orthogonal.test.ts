import { describe, expect, it } from 'vitest'
import { orthogonal } from './orthogonal.ts'

/** Normal numbers from a linear congruence, by Box and Muller. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** The textbook: classical Gram-Schmidt on the columns of a tall matrix, which keeps R's diagonal positive. */
function gramSchmidt(columns: readonly number[][]): number[][] {
  const basis: number[][] = []
  for (const column of columns) {
    let rest = [...column]
    // Twice, because once loses digits.
    for (let pass = 0; pass < 2; pass++) {
      for (const vector of basis) {
        const part = vector.reduce((sum, value, index) => sum + value * rest[index], 0)
        rest = rest.map((value, index) => value - part * vector[index])
      }
    }
    const norm = Math.hypot(...rest)
    basis.push(rest.map((value) => value / norm))
  }
  return basis
}

const transposed = (matrix: readonly number[][]): number[][] =>
  (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column]))

const rowsOf = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]),
  )

const shapes = [
  [1, 1],
  [5, 1],
  [1, 5],
  [4, 4],
  [7, 3],
  [3, 7],
  [40, 33],
] as const

describe.each(shapes)('%d x %d', (rows, columns) => {
  const matrix = rowsOf(orthogonal(rows, columns, generator(11)), columns)

  it('is Q of the matrix drawn, with the signs of a positive diagonal of R', () => {
    const draw = generator(11)
    const drawn = rowsOf(Float64Array.from({ length: rows * columns }, draw), columns)
    const tall = rows >= columns
    const basis = gramSchmidt(tall ? transposed(drawn) : drawn)
    const expected = tall ? transposed(basis) : basis
    matrix.flat().forEach((value, index) => {
      expect(value).toBeCloseTo(expected.flat()[index], 12)
    })
  })

  it('has orthonormal columns, or rows', () => {
    const vectors = rows >= columns ? transposed(matrix) : matrix
    for (const [i, left] of vectors.entries()) {
      for (const [j, right] of vectors.entries()) {
        const product = left.reduce((sum, value, index) => sum + value * right[index], 0)
        expect(product).toBeCloseTo(Number(i === j), 14)
      }
    }
  })
})

it('stays finite where what is drawn has no rank', () => {
  expect(orthogonal(4, 3, () => 0).every(Number.isFinite)).toBe(true)
})
