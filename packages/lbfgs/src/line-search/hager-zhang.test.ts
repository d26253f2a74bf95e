import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hagerZhang } from './hager-zhang.ts'
import { moreThuente } from './more-thuente.ts'
import {
  moreThuenteFunctions,
  type Phi,
  randomPhi,
  searchAlong,
  smoothFunctions,
} from './search-along.suite.ts'

/**
 * Hager & Zhang 2005, section 4, as it stands there, with B2 from the last good step: procedures that call each other
 * and compare steps. Answers with all steps that it tried.
 */
const textbook = (
  phi: Phi,
  {
    delta,
    sigma,
    epsilon,
    theta,
    gamma,
    rho,
  }: Record<'delta' | 'sigma' | 'epsilon' | 'theta' | 'gamma' | 'rho', number>,
  firstStep: number,
): number[] => {
  const steps: number[] = []
  const accepted = Symbol('accepted')
  const [value0, slope0] = phi(0)
  const limit = value0 + epsilon * Math.abs(value0)
  const value = (a: number) => phi(a)[0]
  const slope = (a: number) => phi(a)[1]
  const evaluate = (a: number): void => {
    steps.push(a)
    if (steps.length > 600) throw new Error('the textbook does not end')
    const curved = slope(a) >= sigma * slope0
    const original = value(a) - value0 <= delta * a * slope0 && curved
    const approximate = (2 * delta - 1) * slope0 >= slope(a) && curved && value(a) <= limit
    if (original || approximate) throw accepted
  }
  const divide = (from: number, to: number): [number, number] => {
    let [a, b] = [from, to]
    for (;;) {
      const d = (1 - theta) * a + theta * b
      evaluate(d)
      if (slope(d) >= 0) return [a, d]
      if (value(d) <= limit) a = d
      else b = d
    }
  }
  const update = (a: number, b: number, c: number): [number, number] => {
    if (!(c > a && c < b)) return [a, b]
    evaluate(c)
    if (slope(c) >= 0) return [a, c]
    if (value(c) <= limit) return [c, b]
    return divide(a, c)
  }
  const secant = (a: number, b: number) => (a * slope(b) - b * slope(a)) / (slope(b) - slope(a))
  const secant2 = (a: number, b: number): [number, number] => {
    const c = secant(a, b)
    const [A, B] = update(a, b, c)
    if (c === B) return update(A, B, secant(b, B))
    if (c === A) return update(A, B, secant(a, A))
    return [A, B]
  }
  const bracket = (first: number): [number, number] => {
    let good = 0
    let c = first
    for (;;) {
      evaluate(c)
      if (slope(c) >= 0) return [good, c]
      if (value(c) > limit) return divide(good, c)
      good = c
      c *= rho
    }
  }
  try {
    let [a, b] = bracket(firstStep)
    for (;;) {
      let [left, right] = secant2(a, b)
      if (right - left > gamma * (b - a)) [left, right] = update(left, right, left + 0.5 * (right - left))
      ;[a, b] = [left, right]
    }
  } catch (reason) {
    if (reason !== accepted) throw reason
    return steps
  }
}

test.each([...moreThuenteFunctions, ...smoothFunctions])(
  'tries the steps of the textbook, bit for bit, along $name',
  ({ phi }) => {
    for (const step of [1e-3, 0.1, 1, 10, 1e3]) {
      for (const options of [
        { delta: 0.1, sigma: 0.9, epsilon: 1e-6, theta: 0.5, gamma: 2 / 3, rho: 5 },
        { delta: 0.01, sigma: 0.02, epsilon: 1e-3, theta: 0.5, gamma: 2 / 3, rho: 2 },
        { delta: 0.001, sigma: 0.001, epsilon: 0, theta: 0.3, gamma: 0.5, rho: 5 },
      ]) {
        const found = searchAlong(hagerZhang({ ...options, maxTrials: 500 }), phi, { step })
        expect(found.outcome).toBe('accepted')
        // The textbook knows nothing of overflow.
        if (found.trials.some((trial) => trial.value === Number.POSITIVE_INFINITY)) continue
        expect(found.trials.map((trial) => trial.step)).toEqual(textbook(phi, options, step))
      }
    }
  },
)

test('tries the steps of the textbook along random functions', () => {
  // Divided at .9, what U3 leaves may be more than the gamma that spares a bisection.
  const options = { delta: 0.1, sigma: 0.15, epsilon: 1e-6, theta: 0.9, gamma: 0.2, rho: 3 }
  let compared = 0
  fc.assert(
    fc.property(randomPhi, (phi) => {
      if (!(phi(0)[1] < 0)) return
      const found = searchAlong(hagerZhang({ ...options, maxTrials: 500 }), phi)
      if (found.outcome !== 'accepted' || found.trials.some((trial) => Number.isNaN(trial.value))) return
      expect(found.trials.map((trial) => trial.step)).toEqual(textbook(phi, options, 1))
      compared++
    }),
    { seed: 20_261_124, numRuns: 2000 },
  )
  expect(compared).toBeGreaterThan(500)
})

test('slopes finish where phi(a) - phi(0) is all rounding', () => {
  // 1 + 1e-20 (a - 1)^2 rounds to 1 near a = 1, and errors of 2^-52 lie on top.
  const noisy: Phi = (a) => [1 + (a === 0 ? 0 : 2 ** -52), 2e-20 * (a - 1)]
  expect(searchAlong(hagerZhang({ epsilon: 0 }), noisy, { step: 0.01 }).outcome).not.toBe('accepted')
  expect(searchAlong(moreThuente(), noisy, { step: 0.01 }).outcome).not.toBe('accepted')
  const found = searchAlong(hagerZhang(), noisy, { step: 0.01 })
  expect(found.outcome).toBe('accepted')
  expect(Math.abs(found.step - 1)).toBeLessThan(0.95)
})
