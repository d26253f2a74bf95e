import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minimize, type Objective } from './minimize.ts'
import { createSolver } from './solver.ts'

/** 1/2 |x - b|^2: with C |x|_1 its minimum is the soft threshold, sign(b) max(|b| - C, 0). */
const distanceTo =
  (b: readonly number[]): Objective<Float64Array> =>
  (x, gradient) => {
    let f = 0
    for (let i = 0; i < b.length; i++) {
      gradient[i] = x[i] - b[i]
      f += 0.5 * gradient[i] ** 2
    }
    return f
  }

const softThreshold = (b: number, c: number): number => Math.sign(b) * Math.max(Math.abs(b) - c, 0)

/** Mean logistic loss of `rows` samples of `n` features and a bias, the last coordinate; labels follow few features. */
function logistic(rows: number, n: number, seed: number): Objective<Float64Array> {
  let state = seed
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  const features = Array.from({ length: rows }, () => Float64Array.from({ length: n }, () => 4 * uniform()))
  const labels = features.map((row) => (row[0] - 2 * row[1] + row[2] + 0.7 + 2 * uniform() > 0 ? 1 : -1))
  return (x, gradient) => {
    gradient.fill(0)
    let f = 0
    for (let k = 0; k < rows; k++) {
      let score = x[n]
      for (let i = 0; i < n; i++) score += x[i] * features[k][i]
      const margin = labels[k] * score
      f += (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin) / rows
      const slope = -labels[k] / (1 + Math.exp(margin)) / rows
      for (let i = 0; i < n; i++) gradient[i] += slope * features[k][i]
      gradient[n] += slope
    }
    return f
  }
}

describe('an L1 penalty', () => {
  it('finds the soft threshold to 1e-12 in at most four iterations, from anywhere', () => {
    const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: 0.01, max: 3, noNaN: true }), (b, start, strength) => {
        for (const x0 of [new Float64Array(6), new Float64Array(start)]) {
          const result = minimize(distanceTo(b), x0, { l1: { strength }, tolerance: { gradient: 1e-13 } })
          for (let i = 0; i < 6; i++) {
            expect(Math.abs(result.x[i] - softThreshold(b[i], strength))).toBeLessThan(1e-12)
          }
          expect(result.iterations).toBeLessThanOrEqual(4)
        }
      }),
      { numRuns: 300, seed: 3 },
    )
  })

  it('leaves the coordinates outside of the mask alone', () => {
    const result = minimize(distanceTo([2, -3, 0.5]), new Float64Array(3), {
      l1: { strength: 1, mask: [true, false, true] },
      tolerance: { gradient: 1e-12 },
    })
    expect([...result.x].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([1, -3, 0])
    expect(result.f).toBeCloseTo(0.5 + 0 + 0.125 + 1, 12)
  })

  it.each([1, 2, 3])(
    'agrees with the bounded split form on logistic regression with a free bias, seed %i',
    (seed) => {
      const n = 30
      const strength = 0.02
      const smooth = logistic(300, n, seed)
      const mask = Array.from({ length: n + 1 }, (_, i) => i < n)
      const sparse = minimize(smooth, new Float64Array(n + 1), {
        l1: { strength, mask },
        tolerance: { gradient: 1e-9 },
      })
      expect(sparse.status, sparse.message).toBe('converged-gradient')

      // x = u - v with u, v >= 0: C (u + v) in the place of C |x|, the bias free.
      const whole = new Float64Array(n + 1)
      const gradient = new Float64Array(n + 1)
      const split = minimize(
        (uv: Float64Array, out: Float64Array) => {
          for (let i = 0; i < n; i++) whole[i] = uv[i] - uv[n + i]
          whole[n] = uv[2 * n]
          let f = smooth(whole, gradient)
          for (let i = 0; i < n; i++) {
            f += strength * (uv[i] + uv[n + i])
            out[i] = gradient[i] + strength
            out[n + i] = -gradient[i] + strength
          }
          out[2 * n] = gradient[n]
          return f
        },
        new Float64Array(2 * n + 1),
        {
          bounds: {
            lower: Float64Array.from({ length: 2 * n + 1 }, (_, i) =>
              i < 2 * n ? 0 : Number.NEGATIVE_INFINITY,
            ),
          },
          tolerance: { gradient: 1e-9 },
        },
      )
      expect(split.status, split.message).toBe('converged-gradient')
      expect(sparse.f).toBeCloseTo(split.f, 12)
      for (let i = 0; i < n; i++) expect(sparse.x[i]).toBeCloseTo(split.x[i] - split.x[n + i], 7)
      expect(sparse.x[n]).toBeCloseTo(split.x[2 * n], 7)
      const zeros = sparse.x.filter((value) => value === 0).length
      expect(zeros).toBeGreaterThan(n / 2)
      expect(sparse.evaluations).toBeLessThanOrEqual(split.evaluations)
    },
  )

  it('solves lasso problems of few samples, where coordinates reach zero together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(1e-4, 1e-2),
        (n, seed, strength) => {
          let state = seed
          const uniform = (): number => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0
            return state / 2 ** 32 - 0.5
          }
          const rows = Array.from({ length: Math.max(1, n - 2) }, () => Array.from({ length: n }, uniform))
          const targets = rows.map(uniform)
          const result = minimize(
            (x: Float64Array, gradient: Float64Array) => {
              gradient.fill(0)
              let f = 0
              rows.forEach((row, k) => {
                const residual = row.reduce((sum, value, i) => sum + value * x[i], -targets[k])
                f += residual ** 2 / 2
                for (let i = 0; i < n; i++) gradient[i] += residual * row[i]
              })
              return f
            },
            Float64Array.from({ length: n }, uniform),
            { l1: { strength }, maxEvaluations: 20_000 },
          )
          expect(result.status, `${result.message}; f ${result.f}`).toMatch(/^converged/)
        },
      ),
      { numRuns: 100, seed: 9 },
    )
  })

  it('is solved in a curved valley without moving one coordinate at a time', () => {
    // 100 (b - a^2)^2 + (1 - a)^2: the valley is oblique to the axes.
    const result = minimize(
      ([a, b]: Float64Array, gradient: Float64Array) => {
        gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a)
        gradient[1] = 200 * (b - a * a)
        return (1 - a) ** 2 + 100 * (b - a * a) ** 2
      },
      new Float64Array([-1.2, 1]),
      { l1: { strength: 0.01 }, tolerance: { gradient: 1e-9 } },
    )
    expect(result.status, result.message).toBe('converged-gradient')
    expect(result.evaluations).toBeLessThan(100)
  })

  it('keeps the start at zero where the penalty outweighs the gradient', () => {
    const result = minimize(distanceTo([0.5, -0.9]), new Float64Array(2), { l1: { strength: 1 } })
    expect(result).toMatchObject({ status: 'converged-gradient', evaluations: 1 })
    expect([...result.x]).toEqual([0, 0])
  })

  it('with strength 0 is plain L-BFGS', () => {
    const objective = distanceTo([1, 2])
    const plain = minimize(objective, new Float64Array([5, 5]), { lineSearch: 'backtracking' })
    const zero = minimize(objective, new Float64Array([5, 5]), { l1: { strength: 0 } })
    expect([...zero.x]).toEqual([...plain.x])
    expect(createSolver(new Float64Array(2), { l1: { strength: 0 } }).save().method).toBe('free')
  })
})
