import { describe, expect, it } from 'vitest'
import { finiteDifference } from '../finite-difference.ts'
import { sequence } from '../sequence.ts'
import * as problems from './index.ts'

const { unconstrainedProblems } = problems

/** Where to compare: the start, each coordinate moved by up to 10 % and 0.01. */
function near({ start }: problems.Problem, seed: number): Float64Array {
  const moves = sequence(2 * start.length, seed)
  return start.map((value, j) => value * (1 + 0.1 * moves[2 * j]) + 0.01 * moves[2 * j + 1])
}

describe.each(unconstrainedProblems.map((problem) => [problem.name, problem] as const))(
  '%s',
  (_, problem) => {
    const n = problem.start.length

    it('has the gradient of its f', () => {
      for (const seed of [1, 2, 3]) {
        const x = near(problem, seed)
        const unused = new Float64Array(n)
        const gradient = new Float64Array(n)
        const f = problem.evaluate(x, gradient)
        const expected = finiteDifference(() => problem.evaluate(x, unused), x)
        const size = Math.max(...gradient.map(Math.abs))
        // Rounding of f, about 1e-16 |f| over the step of 6e-6; truncation, most where t_i = 320 in an exponent.
        const tolerance = 1e-5 * size + 1e-10 * Math.abs(f)
        for (let j = 0; j < n; j++) {
          expect(Math.abs(gradient[j] - expected[j]), `seed ${seed}, component ${j}`).toBeLessThan(tolerance)
        }
      }
    })

    it('computes in f64 for arrays in f32, and leaves x alone', () => {
      const x = Float32Array.from(near(problem, 4))
      const before = x.slice()
      const wide = new Float64Array(n)
      const narrow = new Float32Array(n)
      const f = problem.evaluate(Float64Array.from(x), wide)
      expect(problem.evaluate(x, narrow)).toBe(f)
      expect(narrow).toEqual(Float32Array.from(wide))
      expect(x).toEqual(before)
      expect(problem.evaluate(x, wide.fill(7))).toBe(f)
      expect(Float32Array.from(wide)).toEqual(narrow)
    })

    it('starts above its minima, of which the first is the least', () => {
      const f = problem.evaluate(problem.start, new Float64Array(n))
      expect(problem.minima.length).toBeGreaterThan(0)
      for (const minimum of problem.minima) expect(minimum).toBeGreaterThanOrEqual(problem.minima[0])
      expect(f).toBeGreaterThan(problem.minima[0])
    })
  },
)

const ones = (n: number) => new Float64Array(n).fill(1)
const minimisers: readonly (readonly [problems.Problem, ArrayLike<number>])[] = [
  [problems.rosenbrock(), [1, 1]],
  [problems.freudensteinRoth(), [5, 4]],
  [problems.freudensteinRoth(), [(53 - 4 * Math.sqrt(22)) / 3, (2 - Math.sqrt(22)) / 3]],
  [problems.brownBadlyScaled(), [1e6, 2e-6]],
  [problems.beale(), [3, 0.5]],
  [problems.helicalValley(), [1, 0, 0]],
  [problems.gulf(), [50, 25, 1.5]],
  [problems.box3d(), [1, 10, 1]],
  [problems.box3d(), [10, 1, -1]],
  [problems.box3d(), [4, 4, 0]],
  [problems.powellSingular(), [0, 0, 0, 0]],
  [problems.wood(), [1, 1, 1, 1]],
  [problems.biggsExp6(), [1, 10, 1, 5, 4, 3]],
  [problems.biggsExp6(), [4, 10, 3, 5, 1, 1]],
  [problems.extendedRosenbrock(10), ones(10)],
  [problems.extendedPowellSingular(12), new Float64Array(12)],
  [problems.variablyDimensioned(10), ones(10)],
  [problems.trigonometric(10), new Float64Array(10)],
  [problems.brownAlmostLinear(10), ones(10)],
  [problems.brownAlmostLinear(10), Float64Array.from({ length: 10 }, (_, j) => (j === 9 ? 11 : 0))],
  [problems.linearFullRank(10), ones(10).map((one) => -one)],
  [problems.linearFullRank(3, 3), ones(3).map((one) => -one)],
  [problems.linearRankOne(4, 9), [0, 0, 1 / 19, 0]],
  [problems.linearRankOneZero(4, 9), [7, 0, 1 / 15, 7]],
]

describe('at a known minimiser', () => {
  it.each(minimisers.map(([problem, x]) => [problem.name, problem, x] as const))('%s', (_, problem, x) => {
    const gradient = new Float64Array(problem.start.length)
    const atStart = gradient.slice()
    problem.evaluate(problem.start, atStart)
    const f = problem.evaluate(Float64Array.from(x), gradient)
    const scale = Math.max(1, ...atStart.map(Math.abs))
    expect(Math.max(...gradient.map(Math.abs)) / scale).toBeLessThan(1e-12)
    expect(problem.minima.some((minimum) => Math.abs(f - minimum) <= 1e-12 * Math.max(1, minimum))).toBe(true)
  })
})

describe('misuse', () => {
  const two = new Float64Array(2)
  it.each([
    [() => problems.rosenbrock().evaluate(ones(3), two), 'rosenbrock: x must have length 2, got 3'],
    [() => problems.rosenbrock().evaluate(two, ones(1)), 'rosenbrock: gradient must have length 2, got 1'],
    [() => problems.extendedRosenbrock(5), 'ext_rosenbrock: n must be a multiple of 2 in [2, ∞), got 5'],
    [() => problems.watson(1), 'watson: n must be a whole number in [2, 31], got 1'],
    [() => problems.gulf(101), 'gulf: m must be a whole number in [3, 100], got 101'],
    [() => problems.linearFullRank(4, 3), 'linear_full: m must be a whole number in [4, ∞), got 3'],
  ])('%#', (call, message) => {
    expect(call).toThrow(new RangeError(message))
  })
})
