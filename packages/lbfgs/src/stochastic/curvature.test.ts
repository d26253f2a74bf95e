import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CurvatureUpdate, createCurvature } from './curvature.ts'
import { normals, uniforms } from './logistic-sum.suite.ts'

const seed = 20_260_305

interface Fit {
  readonly beta: number
  readonly largest: number
  readonly dense: readonly number[][]
}

/** The matrix that the fast fit stands for. Pairs newest first. */
function fitted(s: number[][], y: number[][], update: CurvatureUpdate, fallback = 1): Fit {
  const length = s[0].length
  const stride = length + 2
  const memory = s.length
  const flat = (rows: number[][]): Float64Array => Float64Array.from(rows.flatMap((row) => [...row, 0, 0]))
  const columns = new Float64Array(2 * memory * stride)
  const signs = new Float64Array(2 * memory)
  const curvature = createCurvature(memory, stride, update)
  const pairs = { s: flat(s), y: flat(y), offset: 0, count: memory }
  curvature.fit(pairs, { columns, offset: 0, signs, signOffset: 0 }, length, fallback)
  const dense = Array.from({ length }, (_, i) =>
    Array.from({ length }, (_, j) => {
      let sum = i === j ? curvature.smallest : 0
      for (let c = 0; c < curvature.columns; c++) {
        sum += signs[c] * columns[c * stride + i] * columns[c * stride + j]
      }
      return sum
    }),
  )
  return { beta: curvature.smallest, largest: curvature.largest, dense }
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, each, k) => sum + each * b[k], 0)
const apply = (matrix: readonly number[][], v: readonly number[]): number[] =>
  matrix.map((row) => dot(row, v))
const random = (normal: () => number, rows: number, length: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length }, normal))

/** The updates from the textbook, on the full matrix, oldest pair first. */
function textbook(s: number[][], y: number[][], update: CurvatureUpdate, beta: number): number[][] {
  let b = s[0].map((_, i) => s[0].map((_, j) => (i === j ? beta : 0)))
  for (let pair = s.length - 1; pair >= 0; pair--) {
    const bs = apply(b, s[pair])
    const rest = y[pair].map((each, k) => each - bs[k])
    b = b.map((row, i) =>
      row.map((each, j) =>
        update === 'bfgs'
          ? each + (y[pair][i] * y[pair][j]) / dot(y[pair], s[pair]) - (bs[i] * bs[j]) / dot(s[pair], bs)
          : each + (rest[i] * rest[j]) / dot(rest, s[pair]),
      ),
    )
  }
  return b
}

/** A'A + I: pairs of it are well behaved. */
function positive(normal: () => number, n: number): number[][] {
  const a = random(normal, n, n)
  return a.map((row, i) => a.map((other, j) => dot(row, other) + (i === j ? 1 : 0)))
}

test('B is what the textbook updates make from beta I, wherever that is positive enough, and B s = y', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 14 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      (n, count, drawSeed) => {
        const normal = normals(uniforms(drawSeed))
        const hessian = positive(normal, n)
        const s = random(normal, Math.min(count, n - 1), n)
        const y = s.map((each) => apply(hessian, each))
        const { beta, dense } = fitted(s, y, 'bfgs')
        const expected = textbook(s, y, 'bfgs', beta)
        const scale = Math.max(...expected.flat().map(Math.abs))
        dense.forEach((row, i) => {
          row.forEach((each, j) => {
            expect(Math.abs(each - expected[i][j])).toBeLessThan(1e-10 * scale)
          })
        })
        apply(dense, s[0]).forEach((each, k) => {
          expect(Math.abs(each - y[0][k])).toBeLessThan(1e-9 * Math.hypot(...y[0]))
        })
      },
    ),
    { seed, numRuns: 80 },
  )
})

test('one pair, by hand: beta = |y| / |s|, and rank-1 gives beta I + r r’ / s’r', () => {
  const s = [[2, 0, 0]]
  const y = [[6, 8, 0]]
  // beta = 10 / 2 = 5; r = y - 5 s = (-4, 8, 0), s'r = -8: B = 5 I - [16 -32; -32 64] / 8 = [3 4; 4 -3] and 5.
  // Its eigenvalues are 5, 5 and -5: the last is replaced by the median of the positive ones, so B = 5 I.
  const { beta, largest, dense } = fitted(s, y, 'rank-1')
  expect([beta, largest]).toEqual([5, 5])
  dense.forEach((row, i) => {
    row.forEach((each, j) => {
      expect(each).toBeCloseTo(i === j ? 5 : 0, 12)
    })
  })
})

test('rank-1 finds a Hessian exactly from as many pairs as it has dimensions', () => {
  const normal = normals(uniforms(8))
  const hessian = positive(normal, 5)
  const s = random(normal, 5, 5)
  const { dense } = fitted(
    s,
    s.map((each) => apply(hessian, each)),
    'rank-1',
  )
  dense.forEach((row, i) => {
    row.forEach((each, j) => {
      expect(each).toBeCloseTo(hessian[i][j], 7)
    })
  })
})

test('with pairs of negative curvature B stays positive: v’Bv >= 1e-8 of the largest eigenvalue', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 8 }),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(),
      (n, count, drawSeed) => {
        const normal = normals(uniforms(drawSeed))
        const { dense } = fitted(random(normal, count, n), random(normal, count, n), 'bfgs')
        expect(dense.flat().every(Number.isFinite)).toBe(true)
        for (const v of random(normal, 10, n)) expect(dot(v, apply(dense, v))).toBeGreaterThan(0)
      },
    ),
    { seed, numRuns: 80 },
  )
})

test('beta and the largest are the singular values of the map from s to y', () => {
  const s = [
    [1, 0, 0],
    [1, 1, 0],
  ]
  // W = diag(3, 0.5) on the first two coordinates.
  const y = [
    [3, 0, 0],
    [3, 0.5, 0],
  ]
  const { beta, largest } = fitted(s, y, 'bfgs')
  expect(beta).toBeCloseTo(0.5, 12)
  expect(largest).toBeCloseTo(3, 12)
})

test('a parallel difference adds nothing', () => {
  const once = fitted([[1, 2]], [[2, 5]], 'bfgs')
  const s = [
    [1, 2],
    [2, 4],
  ]
  const y = [
    [2, 5],
    [4, 10],
  ]
  const twice = fitted(s, y, 'bfgs')
  expect(twice.beta).toBeCloseTo(once.beta, 12)
  twice.dense.flat().forEach((each, k) => {
    expect(each).toBeCloseTo(once.dense.flat()[k], 12)
  })
})

test('where gradients do not change, B is the fallback times I', () => {
  const { beta, dense } = fitted([[1, 2]], [[0, 0]], 'bfgs', 0.25)
  expect(beta).toBe(0.25)
  dense.forEach((row, i) => {
    row.forEach((each, j) => {
      expect(each).toBeCloseTo(i === j ? 0.25 : 0, 15)
    })
  })
})
