import { describe, expect, it } from 'vitest'
import { finiteDifference } from '../finite-difference.ts'
import { sequence } from '../sequence.ts'
import { barrierProblems } from './index.ts'

describe.each(barrierProblems.map((problem) => [problem.name, problem] as const))('%s', (_, problem) => {
  const { start, solution, outside, isInside, evaluate } = problem
  const n = start.length
  const gradient = new Float64Array(n)

  it('has the gradient of its f', () => {
    for (const seed of [1, 2, 3]) {
      // From the start towards the solution: the domain is convex.
      const [way] = sequence(1, seed)
      const x = start.map((value, j) => value + (way ** 2 * 0.9 + 0.05) * (solution[j] - value))
      const unused = new Float64Array(n)
      evaluate(x, gradient)
      const expected = finiteDifference(() => evaluate(x, unused), x)
      for (let j = 0; j < n; j++) {
        const tolerance = 1e-5 * Math.max(1, ...gradient.map(Math.abs))
        expect(Math.abs(gradient[j] - expected[j]), `seed ${seed}, component ${j}`).toBeLessThan(tolerance)
      }
    }
  })

  it('is least at the solution', () => {
    const f = evaluate(solution, gradient)
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-13)
    expect(problem.minima).toHaveLength(1)
    expect(Math.abs(f - problem.minima[0])).toBeLessThan(1e-14 * Math.max(1, Math.abs(f)) * 4)
    expect(evaluate(start, gradient)).toBeGreaterThan(f)
  })

  it('is left by the first unit step and by the first step of unit length', () => {
    expect(isInside(start)).toBe(true)
    evaluate(start, gradient)
    const length = Math.hypot(...gradient)
    for (const step of [1, 1 / length]) {
      expect(isInside(start.map((value, j) => value - step * gradient[j])), `step ${step}`).toBe(false)
    }
  })

  it('answers as it says outside, in both precisions', () => {
    for (const x of [start.map((value) => value - 10), Float32Array.from(start, (value) => value - 10)]) {
      const answer = x.slice()
      const f = evaluate(x, answer)
      expect(f).toBe(outside === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY)
      const expected = problem.name === 'log_barrier_infinity' ? Number.NEGATIVE_INFINITY : Number.NaN
      expect([...answer]).toEqual(new Array(n).fill(expected))
    }
    expect(isInside(start.with(0, Number.NaN))).toBe(false)
  })
})
