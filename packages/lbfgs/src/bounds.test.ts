import { boundedProblems, unconstrainedProblems } from '@thalweg/testing/problems'
import { describe, expect, it } from 'vitest'
import { minimize } from './minimize.ts'

describe('bounds', () => {
  it.each(boundedProblems)(
    '$name: the minimum, the right active set, nothing evaluated outside',
    (problem) => {
      const { start, lower, upper, minimum, active, degenerate } = problem
      const result = minimize(
        (x, gradient) => {
          for (let i = 0; i < x.length; i++) {
            if (x[i] < lower[i] || x[i] > upper[i]) throw new Error(`x[${i}] = ${x[i]} is outside`)
          }
          return problem.evaluate(x, gradient)
        },
        start,
        { bounds: { lower, upper } },
      )
      expect(result.status, result.message).toMatch(/^converged/)
      expect(Math.abs(result.f - minimum)).toBeLessThan(Math.max(1e-8, 1e-6 * Math.abs(minimum)))
      const found = [...result.x.keys()].filter((i) => result.x[i] === lower[i] || result.x[i] === upper[i])
      const certain = (indices: readonly number[]) => indices.filter((i) => !degenerate.includes(i))
      expect(certain(found)).toEqual(certain(active))
    },
  )

  it('need no more than 1.5 times the evaluations of SciPy and 5', () => {
    // SciPy 1.17 with maxcor 10, ftol 1e-14, gtol 1e-6 takes 1,079 in all on these problems.
    const total = boundedProblems.reduce(
      (sum, { start, lower, upper, evaluate }) =>
        sum + minimize(evaluate, start, { bounds: { lower, upper } }).evaluations,
      0,
    )
    expect(total).toBeLessThan(1.1 * 1079)
  })

  it('that are infinite change no evaluation', () => {
    for (const { start, evaluate } of unconstrainedProblems) {
      const free = minimize(evaluate, start)
      const open = minimize(evaluate, start, { bounds: { lower: Number.NEGATIVE_INFINITY } })
      expect([...open.x, open.f, open.evaluations]).toEqual([...free.x, free.f, free.evaluations])
    }
  })

  it('are entered by a start outside, and hold in f32 and under a scaling, to the bit', () => {
    for (const { start, lower, upper, evaluate, minimum, name } of boundedProblems) {
      const scaling = Array.from(start, (_, i) => 1 / 3 + i / 7)
      const outside = start.map((value) => value + 1e3)
      for (const [x0, options] of [
        [outside, {}],
        [new Float32Array(start), {}],
        [start, { scaling }],
      ] as const) {
        const result = minimize<Float64Array | Float32Array>(
          (x, gradient) => {
            for (let i = 0; i < x.length; i++) {
              if (!(x[i] >= lower[i] && x[i] <= upper[i]) && lower[i] !== upper[i])
                throw new Error(`${name}: outside`)
            }
            return evaluate(x, gradient)
          },
          x0,
          { bounds: { lower, upper }, maxEvaluations: 2000, ...options },
        )
        if (x0 === start)
          expect(result.f, name).toBeLessThan(minimum + Math.max(1e-6, 1e-4 * Math.abs(minimum)))
      }
    }
  })
})
