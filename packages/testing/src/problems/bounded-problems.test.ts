import { describe, expect, it } from 'vitest'
import { bounded } from './bounded.ts'
import { boundedProblems, rosenbrock } from './index.ts'

const at = (problem: (typeof boundedProblems)[number], x: Float64Array) => {
  const gradient = new Float64Array(x.length)
  return { f: problem.evaluate(x, gradient), gradient }
}

describe.each(boundedProblems.map((problem) => [problem.name, problem] as const))('%s', (_, problem) => {
  const { start, lower, upper, solution, active, degenerate } = problem

  it('starts and ends in its box', () => {
    for (const j of start.keys()) {
      expect(lower[j]).toBeLessThanOrEqual(upper[j])
      for (const x of [start, solution]) {
        expect(x[j]).toBeGreaterThanOrEqual(lower[j])
        expect(x[j]).toBeLessThanOrEqual(upper[j])
      }
    }
    expect(at(problem, start).f).toBeGreaterThanOrEqual(problem.minimum * (1 - 1e-10))
  })

  it('has its minimum at the solution', () => {
    const { f } = at(problem, solution)
    expect(Math.abs(f - problem.minimum)).toBeLessThanOrEqual(1e-10 * problem.minimum)
    expect(problem.minima).toEqual([problem.minimum])
  })

  it('satisfies the first-order conditions there, strictly but for the degenerate bounds', () => {
    const { gradient } = at(problem, solution)
    const tolerance = 1e-6 * Math.max(1e-3, Math.min(1, problem.minimum))
    for (const [j, slope] of gradient.entries()) {
      const fixed = lower[j] === upper[j]
      const atBound = solution[j] === lower[j] || solution[j] === upper[j]
      expect(active.includes(j), `coordinate ${j} is active`).toBe(atBound)
      if (fixed) continue
      if (!atBound || degenerate.includes(j)) {
        expect(Math.abs(slope), `slope ${j}`).toBeLessThan(tolerance)
      } else {
        expect(solution[j] === lower[j] ? slope : -slope, `slope ${j} into the box`).toBeGreaterThan(1e-5)
      }
    }
    for (const j of degenerate) expect(active).toContain(j)
  })

  it('has no lower value near the solution, in the box', () => {
    for (const j of start.keys()) {
      for (const step of [-1e-3, 1e-3]) {
        const x = solution.slice()
        x[j] = Math.min(Math.max(x[j] + step * Math.max(1, Math.abs(x[j])), lower[j]), upper[j])
        expect(at(problem, x).f).toBeGreaterThanOrEqual(problem.minimum * (1 - 1e-10))
      }
    }
  })
})

it('has every kind of bound', () => {
  const has = (kind: (lower: number, upper: number, x: number, index: number) => boolean) =>
    boundedProblems.filter(({ lower, upper, start }) => lower.some((l, j) => kind(l, upper[j], start[j], j)))
  expect(boundedProblems.length).toBeGreaterThanOrEqual(20)
  expect(new Set(boundedProblems.map(({ name }) => name)).size).toBe(boundedProblems.length)
  expect(has((l, u) => l === u).length).toBeGreaterThanOrEqual(4)
  expect(has((l, u) => Number.isFinite(l) !== Number.isFinite(u)).length).toBeGreaterThanOrEqual(8)
  expect(has((l, u) => l === Number.NEGATIVE_INFINITY && u === Number.POSITIVE_INFINITY)).not.toHaveLength(0)
  expect(has((l, u, x) => l < u && (x === l || x === u)).length).toBeGreaterThanOrEqual(8)
  expect(boundedProblems.filter(({ degenerate }) => degenerate.length > 0).length).toBeGreaterThanOrEqual(4)
  expect(boundedProblems.filter(({ active }) => active.length === 0).length).toBeGreaterThanOrEqual(4)
})

it('names the problem and what the box does, and moves the start into the box', () => {
  const box = bounded(rosenbrock(), { what: 'box', lower: [0], solution: [1, 1], minimum: 0 })
  expect(box.name).toBe('rosenbrock_box')
  expect(box.start).toEqual(Float64Array.of(0, 1))
  expect(box.lower).toEqual(Float64Array.of(0, Number.NEGATIVE_INFINITY))
  expect(box.active).toEqual([])
})
