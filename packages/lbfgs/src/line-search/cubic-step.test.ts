import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bracketStep, cubicMinimum, emptyBracket } from './cubic-step.ts'

const seed = 20_261_123

test('the minimum of a cubic is found from any two of its points, to 1e-9 of their distances', () => {
  const place = fc.double({ min: -4, max: 4, noNaN: true })
  fc.assert(
    fc.property(
      place,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      place,
      place,
      (minimum, curvature, third, a, b) => {
        if (Math.abs(a - b) < 0.1) return
        // c(t) = curvature (t - minimum)^2 / 2 + third (t - minimum)^3 / 6
        const value = (t: number) => (curvature / 2) * (t - minimum) ** 2 + (third / 6) * (t - minimum) ** 3
        const slope = (t: number) => curvature * (t - minimum) + (third / 2) * (t - minimum) ** 2
        const found = cubicMinimum(a, value(a), slope(a), b, value(b), slope(b))
        // Of a cubic that is nearly a parabola, or flat between the points, little more than half the digits are left.
        expect(Math.abs(found - minimum)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(minimum)))
      },
    ),
    { seed, numRuns: 2000 },
  )
})

test('a cubic without a minimum has none', () => {
  // t^3 + t
  expect(cubicMinimum(-1, -2, 4, 1, 2, 4)).toBeNaN()
})

test('numbers near the largest do not overflow', () => {
  const big = 2 ** 1015
  expect(cubicMinimum(0, 0, -big, 1, 0, big)).toBe(0.5)
})

test('a bracket is bisected after two trials that left more than .66 of it, and its ends are kept clear of', () => {
  // A parabola with its minimum at .01 of the bracket: .1 of the width from the end.
  const bracket = {
    ...emptyBracket,
    low: 2,
    lowValue: 0,
    lowSlope: -0.02,
    high: 3,
    highValue: 0.98,
    highSlope: 1.98,
  }
  expect(bracketStep(bracket)).toBe(2.1)
  expect(bracketStep(bracket)).toBe(2.1)
  expect(bracketStep(bracket)).toBe(2.5)
  const turned = {
    ...emptyBracket,
    low: 3,
    lowValue: 0,
    lowSlope: 0.02,
    high: 2,
    highValue: 0.98,
    highSlope: -1.98,
  }
  expect(bracketStep(turned)).toBe(2.9)
})
