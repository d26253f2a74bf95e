import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBounds } from './bounds.ts'

describe('bounds', () => {
  it('may be missing, numbers or arrays', () => {
    const none = createBounds({}, 2, 'f64')
    expect([...none.lower, ...none.upper]).toEqual([-Infinity, -Infinity, Infinity, Infinity])
    expect([none.constrained, none.boxed]).toEqual([false, false])
    const below = createBounds({ lower: 0 }, 2, 'f64')
    expect([...below.lower, ...below.upper]).toEqual([0, 0, Infinity, Infinity])
    expect([below.constrained, below.boxed]).toEqual([true, false])
    const both = createBounds({ lower: [-1, 0], upper: Float32Array.of(1, 0) }, 2, 'f64')
    expect([...both.lower, ...both.upper]).toEqual([-1, 0, 1, 0])
    expect([both.constrained, both.boxed]).toEqual([true, true])
    expect(createBounds({ lower: [-1, -Infinity], upper: 1 }, 2, 'f64').boxed).toBe(false)
  })

  it('are copied', () => {
    const lower = Float64Array.of(0)
    const bounds = createBounds({ lower }, 1, 'f64')
    lower[0] = 5
    expect(bounds.lower[0]).toBe(0)
  })

  it('are refused with the coordinate, the range and the value', () => {
    const refusal = (
      options: Parameters<typeof createBounds>[0],
      precision: 'f64' | 'f32' = 'f64',
    ): string => {
      try {
        createBounds(options, 2, precision)
      } catch (error) {
        if (error instanceof RangeError) return error.message
      }
      return 'accepted'
    }
    expect(refusal({ lower: [0] })).toBe('bounds: lower must have length 2, got 1')
    expect(refusal({ upper: [0, 0, 0] })).toBe('bounds: upper must have length 2, got 3')
    expect(refusal({ lower: [0, Number.NaN] })).toBe('bounds: lower[1] must be a number in [-∞, ∞), got NaN')
    expect(refusal({ upper: Number.NaN })).toBe('bounds: upper must be a number in (-∞, ∞], got NaN')
    expect(refusal({ lower: Infinity })).toBe('bounds: lower must be a number in [-∞, ∞), got Infinity')
    expect(refusal({ upper: [0, -Infinity] })).toBe(
      'bounds: upper[1] must be a number in (-∞, ∞], got -Infinity',
    )
    expect(refusal({ lower: ['0', 0] as never })).toBe('bounds: lower[0] must be a number in [-∞, ∞), got 0')
    expect(refusal({ lower: null as never })).toBe(
      'bounds: lower must be a number or an array of numbers, got null',
    )
    expect(refusal({ lower: [0, 2], upper: 1 })).toBe('bounds: lower[1] must be in [-∞, upper[1] = 1], got 2')
    expect(refusal({ lower: 1e39 }, 'f32')).toBe(
      'bounds: lower[0] must be in [-∞, 3.4028234663852886e+38] in f32, got 1e+39',
    )
    expect(refusal({ upper: -1e39 }, 'f32')).toBe(
      'bounds: upper[0] must be in [-3.4028234663852886e+38, ∞] in f32, got -1e+39',
    )
  })

  it('are rounded into the box in f32, to the nearest number there', () => {
    const value = fc.oneof(
      fc.double({ min: -1e30, max: 1e30, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(0, 0.1, -0.1, 1e-46, -1e-46, 1, 2 ** -149),
    )
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)]
        const bounds = createBounds({ lower: least, upper: most }, 1, 'f32')
        const [lower, upper] = [bounds.lower[0], bounds.upper[0]]
        expect(lower).toBeLessThanOrEqual(upper)
        if (lower < upper) {
          expect(lower).toBeGreaterThanOrEqual(least)
          expect(upper).toBeLessThanOrEqual(most)
        }
        const nearest = [Math.fround(least), Math.fround(most)]
        if (nearest[0] >= least) expect(lower).toBe(nearest[0])
        if (nearest[1] <= most) expect(upper).toBe(nearest[1])
        expect(Math.abs(lower - least)).toBeLessThanOrEqual(Math.max(2 ** -149, Math.abs(least) * 2 ** -23))
      }),
      { numRuns: 500 },
    )
    expect(createBounds({ lower: -1e39, upper: 1e39 }, 1, 'f32').constrained).toBe(false)
    const fixed = createBounds({ lower: 0.1, upper: 0.1 }, 1, 'f32')
    expect([fixed.lower[0], fixed.upper[0]]).toEqual([Math.fround(0.1), Math.fround(0.1)])
  })

  const bounds = createBounds({ lower: [0, -Infinity, 1, -1], upper: [1, 5, Infinity, -1] }, 4, 'f64')

  it('clip a point', () => {
    const x = Float64Array.of(-3, 7, 0, 4)
    bounds.clip(x)
    expect([...x]).toEqual([0, 5, 1, -1])
    bounds.clip(x)
    expect([...x]).toEqual([0, 5, 1, -1])
  })

  it('project the gradient: max |P(x - g) - x|', () => {
    const finite = fc.double({ min: -9, max: 9, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 4, maxLength: 4 }),
        fc.array(finite, { minLength: 4, maxLength: 4 }),
        (at, slopes) => {
          const [x, g] = [Float64Array.from(at), Float64Array.from(slopes)]
          bounds.clip(x)
          const moved = x.map((value, i) => value - g[i])
          bounds.clip(moved)
          const expected = Math.max(...moved.map((value, i) => Math.abs(value - x[i])))
          expect(bounds.projectedGradientNorm(x, g)).toBeCloseTo(expected, 12)
        },
      ),
    )
    expect(bounds.projectedGradientNorm(Float64Array.of(0, 5, 1, -1), Float64Array.of(3, -2, 4, 7))).toBe(0)
    const free = createBounds({}, 3, 'f64')
    const x = new Float64Array(3)
    expect(free.projectedGradientNorm(x, Float64Array.of(-3, 1, 2))).toBe(3)
    for (const at of [0, 1, 2]) {
      const g = Float64Array.of(-3, 1, 2)
      g[at] = Number.NaN
      expect(free.projectedGradientNorm(x, g)).toBeNaN()
    }
  })

  it('limit a step', () => {
    const x = Float64Array.of(0.5, 4, 2, -1)
    expect(bounds.largestStep(x, Float64Array.of(1, 0.5, 0, 0))).toBe(0.5)
    expect(bounds.largestStep(x, Float64Array.of(-1, -1, 1, 0))).toBe(0.5)
    expect(bounds.largestStep(x, Float64Array.of(0, -1, 1, 0))).toBe(Infinity)
    expect(bounds.largestStep(x, Float64Array.of(0, 0, 0, 1))).toBe(0)
    expect(bounds.largestStep(x, Float64Array.of(0, 0, -0.25, 0))).toBe(4)
  })
})
