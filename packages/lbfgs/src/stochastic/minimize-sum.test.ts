import { expect, test } from 'vitest'
import { type MinimizeSumOptions, minimizeSum, type SumObjective } from './minimize-sum.ts'

/** f_i(x) = (x - i)^2 + (x - i)^4: the sum over 0, 1, 2 has its minimum at 1. */
const objective: SumObjective = (i, x, gradient) => {
  const d = x[0] - i
  gradient[0] = 2 * d + 4 * d ** 3
  return d ** 2 + d ** 4
}
const start = (): Float64Array => Float64Array.of(5)
const minimize = (options: Partial<MinimizeSumOptions> = {}) =>
  minimizeSum(objective, start(), { count: 3, tolerance: 1e-9, ...options })

test('converges, and says with which numbers', () => {
  const result = minimize()
  expect(result.status).toBe('converged')
  expect(result.x[0]).toBeCloseTo(1, 9)
  expect(result.f).toBeCloseTo(4, 12)
  expect(result.passes).toBe(result.evaluations / 3)
  expect(result.message).toBe(
    `Converged after ${result.evaluations} evaluations of 3 sub-functions: the sum is ${result.f}, its gradient ${result.gradientNorm} long.`,
  )
})

test.each([1, 2, 3, 4, 7, 11])('never makes more than maxEvaluations = %i', (maxEvaluations) => {
  let calls = 0
  const counted: SumObjective = (i, x, gradient) => {
    calls++
    return objective(i, x, gradient)
  }
  const result = minimizeSum(counted, start(), { count: 3, maxEvaluations, maxPasses: 50 })
  expect([result.status, result.evaluations, calls]).toEqual([
    'max-evaluations',
    maxEvaluations,
    maxEvaluations,
  ])
  expect(result.message).toContain(`Reached max-evaluations after ${maxEvaluations} evaluations`)
})

test('maxPasses counts evaluations in passes', () => {
  const result = minimize({ maxPasses: 1.5 })
  expect([result.status, result.evaluations, result.passes]).toEqual(['max-passes', 5, 5 / 3])
})

test('the time is that of the clock it is given', () => {
  let time = 100
  const result = minimize({ maxTimeMs: 4, now: () => time++ })
  expect(result.status).toBe('max-time')
  expect(result.evaluations).toBe(3)
  expect(() => minimize({ maxTimeMs: 4 })).toThrow('maxTimeMs needs the clock')
})

test('onStep sees every evaluation and can stop; a signal aborts', () => {
  const seen: number[] = []
  const stopped = minimize({
    onStep: ({ index, value, solver }) => {
      expect(value).toBeGreaterThanOrEqual(0)
      seen.push(index)
      return solver.evaluations === 6
    },
  })
  expect([stopped.status, seen.length]).toEqual(['stopped', 6])
  const controller = new AbortController()
  const aborted = minimize({
    signal: controller.signal,
    onStep: ({ solver }) => {
      if (solver.evaluations === 4) controller.abort()
    },
  })
  expect([aborted.status, aborted.evaluations]).toEqual(['aborted', 4])
})

test('goes on from a state as if it had not stopped; limits count all evaluations', () => {
  const whole = minimize()
  let result = minimize({ maxEvaluations: 1 })
  for (let limit = 2; result.status === 'max-evaluations'; limit++) {
    result = minimize({ maxEvaluations: limit, state: JSON.parse(JSON.stringify(result.state)) })
  }
  expect({ ...result }).toEqual({ ...whole })
  expect(() => minimize({ state: whole.state, count: 4 })).toThrow('count must be 3 as in the state, got 4')
  expect(() => minimizeSum(objective, new Float64Array(2), { count: 3, state: whole.state })).toThrow(
    'x0.length must be 1 as in the state, got 2',
  )
})

test('x0 is left alone', () => {
  const x0 = start()
  minimizeSum(objective, x0, { count: 3 })
  expect(x0).toEqual(start())
})

test.each(['maxPasses', 'maxEvaluations', 'maxTimeMs'])('%s of 0 is refused', (name) => {
  expect(() => minimize({ [name]: 0 })).toThrow(`minimizeSum: ${name} must be in (0, ∞], got 0`)
})
