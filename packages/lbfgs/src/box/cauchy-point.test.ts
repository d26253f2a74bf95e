import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBounds } from './bounds.ts'
import { atLower, atUpper, createCauchySearch, free, held } from './cauchy-point.ts'
import { createCompact } from './compact.ts'
import { createSubspaceStep } from './subspace.ts'
import {
  bfgsMatrix,
  cauchyByWalking,
  type ProblemShape,
  pairsOf,
  randomProblem,
  subspaceByElimination,
} from './textbook.suite.ts'

const chance = fc.constantFrom(0, 0.2, 0.5, 1)
const shapes: fc.Arbitrary<ProblemShape> = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  pairs: fc.integer({ min: 1, max: 7 }),
  memory: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
  open: fc.constantFrom(0, 0.3, 1),
  fixed: fc.constantFrom(0, 0.2),
  atBound: chance,
  tied: chance,
  flat: fc.constantFrom(0, 0.3),
})

function solve({ options, x, g, pairs }: ReturnType<typeof randomProblem>, memory: number) {
  const n = x.length
  const bounds = createBounds(options, n, 'f64')
  const work = new Float64Array(n)
  const cauchy = createCauchySearch(bounds, memory, work)
  const compact = createCompact(memory)
  expect(compact.factor(pairs)).toBe(true)
  expect(cauchy.search(x, g, pairs, compact)).toBe(true)
  const displacement = Array.from(x, (value, i) => {
    if (cauchy.places[i] === free) return -cauchy.step * g[i]
    if (cauchy.places[i] === held) return 0
    return (cauchy.places[i] === atLower ? bounds.lower[i] : bounds.upper[i]) - value
  })
  return { bounds, work, cauchy, displacement, b: bfgsMatrix(pairs, n) }
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)

describe('the generalised Cauchy point', () => {
  it('is the first minimiser that a walk along the segments finds', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = randomProblem(shape)
        const { bounds, cauchy, displacement, b } = solve(problem, shape.memory)
        const { z } = cauchyByWalking(b, bounds, problem.x, problem.g)
        const size = largest(z)
        z.forEach((value, i) => {
          expect(Math.abs(displacement[i] - value)).toBeLessThanOrEqual(1e-9 * size)
        })
        expect(cauchy.active).toBe(cauchy.places.filter((place) => place !== free).length)
        expect(cauchy.breakpoints).toBe(cauchy.places.filter((place) => place > held).length)
      }),
      { numRuns: 400 },
    )
  })

  it('keeps its digits where the variables that leave carried nearly the whole gradient', () => {
    // B = I: the minimiser along x2 is at t = 1, whatever x0 and x1 did before
    const x = new Float64Array(3)
    const g = Float64Array.of(-1e12, 1e9, -1)
    const s = Float64Array.of(1, 1, 1)
    const problem = { options: { lower: [0, -1, 0], upper: [1, 0, 9] }, x, g, pairs: pairsOf([s], [s], 1) }
    const { cauchy, displacement } = solve(problem as never, 1)
    expect([...cauchy.places]).toEqual([atUpper, atLower, free])
    expect(displacement[2]).toBeCloseTo(1, 9)
  })

  it('holds fixed variables and those that a bound stops, and leaves a flat variable inside free', () => {
    const x = Float64Array.of(0, 0, 1, 1, 0.5, 0)
    const g = Float64Array.of(3, -3, -3, 0, 0, 1)
    const s = Float64Array.of(1, 0, 1, 0, 1, 1)
    const problem = {
      options: { lower: Float64Array.of(0, 0, 0, 0, 0, -9), upper: Float64Array.of(1, 0, 1, 1, 1, 9) },
      x,
      g,
      pairs: pairsOf([s], [s], 1),
    }
    const { cauchy } = solve(problem, 1)
    expect([...cauchy.places]).toEqual([held, held, held, held, free, free])
    expect(cauchy.active).toBe(4)
    expect(cauchy.breakpoints).toBe(0)
  })
})

it('the subspace step is the solution that elimination finds over the free variables', () => {
  let compared = 0
  fc.assert(
    fc.property(shapes, (shape) => {
      const problem = randomProblem(shape)
      const { x, g, pairs } = problem
      const { bounds, work, cauchy, b } = solve(problem, shape.memory)
      if (cauchy.active === shape.n) return
      const step = createSubspaceStep(bounds, shape.memory, work)
      expect(step.minimize(x, g, pairs, cauchy)).toBe(true)
      const expected = subspaceByElimination(b, bounds, x, g, cauchy.places)
      const size = largest(expected)
      expected.forEach((value, i) => {
        if (cauchy.places[i] === free) expect(Math.abs(work[i] - value)).toBeLessThanOrEqual(1e-9 * size)
      })
      compared++
    }),
    { numRuns: 400 },
  )
  expect(compared).toBeGreaterThan(100)
})
