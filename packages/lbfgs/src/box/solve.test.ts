import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vector } from '../vector.ts'
import { type BoundsOptions, createBounds } from './bounds.ts'
import { createBox } from './box.ts'
import { dot, isInside, pairsOf } from './textbook.suite.ts'

type Objective = (x: Vector, g: Vector) => number

/** The plainest minimiser around the direction: backtracking, points clipped, every evaluation inside the box. */
function minimizeInBox(
  objective: Objective,
  start: ArrayLike<number>,
  options: BoundsOptions,
  { memory = 5, tolerance = 1e-8, precision = 'f64' as 'f64' | 'f32' } = {},
): { x: Vector; f: number; norm: number; evaluations: number } {
  const n = start.length
  const vector = (from?: ArrayLike<number>): Vector => {
    const values = precision === 'f32' ? new Float32Array(n) : new Float64Array(n)
    if (from !== undefined) values.set(from)
    return values
  }
  const bounds = createBounds(options, n, precision)
  const box = createBox(bounds, memory)
  let evaluations = 0
  const evaluate = (at: Vector, gradient: Vector): number => {
    evaluations++
    expect(isInside(bounds, at)).toBe(true)
    return objective(at, gradient)
  }
  const [d, z, trialGradient] = [vector(), vector(), vector()]
  let x = vector(start)
  bounds.clip(x)
  let g = vector()
  let f = evaluate(x, g)
  let steps: Vector[] = []
  let changes: Vector[] = []
  while (bounds.projectedGradientNorm(x, g) > tolerance && evaluations < 2000) {
    const outcome = box.direction(x, g, pairsOf(steps, changes, memory), d, z)
    if (outcome === 'singular' || box.slope >= 0) {
      if (steps.length === 0) break
      steps = []
      changes = []
      continue
    }
    let step = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(d, d))) : 1
    let trial = vector()
    let value = Infinity
    for (let tries = 0; tries < 40; tries++) {
      trial = step === 1 ? vector(z) : vector(Array.from(x, (start, i) => start + step * d[i]))
      bounds.clip(trial)
      value = evaluate(trial, trialGradient)
      if (value <= f + 1e-4 * step * box.slope) break
      step /= 2
    }
    if (value > f) {
      if (steps.length === 0) break
      steps = []
      changes = []
      continue
    }
    const s = vector(trial.map((end, i) => end - x[i]))
    const y = vector(trialGradient.map((end, i) => end - g[i]))
    if (dot(s, y) > 2 ** -52 * dot(y, y)) {
      steps = [...steps, s].slice(-memory)
      changes = [...changes, y].slice(-memory)
    }
    x = trial
    g = vector(trialGradient)
    f = value
  }
  return { x, f, norm: bounds.projectedGradientNorm(x, g), evaluations }
}

/** (x - c)'A(x - c) / 2, A = I + F F' of rank 3. */
function quadratic(n: number, seed: number): { objective: Objective; centre: Float64Array } {
  const centre = sequence(n, seed)
  const factors = [1, 2, 3].map((k) => sequence(n, seed + k))
  return {
    centre,
    objective(x, g) {
      const e = x.map((value, i) => value - centre[i])
      g.set(e)
      for (const factor of factors) {
        const product = dot(factor, e)
        for (let i = 0; i < n; i++) g[i] += 3 * product * factor[i]
      }
      return dot(e, g) / 2
    },
  }
}

/** Sum of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2 over even i. */
const rosenbrock: Objective = (x, g) => {
  let f = 0
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = [1 - x[i], x[i + 1] - x[i] * x[i]]
    f += a * a + 100 * b * b
    g[i] = -2 * a - 400 * x[i] * b
    g[i + 1] = 200 * b
  }
  return f
}

describe('directions in a box, with the plainest search', () => {
  it('solve bounded quadratics to their first-order conditions', () => {
    const shapes = fc.record({
      n: fc.constantFrom(1, 2, 5, 30, 200),
      memory: fc.integer({ min: 2, max: 8 }),
      seed: fc.nat(),
      width: fc.constantFrom(0.1, 0.5, 2),
    })
    fc.assert(
      fc.property(shapes, ({ n, memory, seed, width }) => {
        const { objective, centre } = quadratic(n, seed)
        const middle = sequence(n, seed + 9)
        const lower = middle.map((value, i) => (i % 5 === 0 ? -Infinity : value - width))
        const upper = middle.map((value, i) =>
          i % 7 === 0 ? Infinity : value + (i % 3 === 0 && i % 5 !== 0 ? -width : width),
        )
        // a bound that the solution touches with no force: the coordinate's own minimum
        if (n === 1) lower[0] = centre[0]
        const { norm } = minimizeInBox(objective, middle, { lower, upper }, { memory, tolerance: 1e-6 })
        expect(norm).toBeLessThanOrEqual(1e-6)
      }),
      { numRuns: 60 },
    )
  })

  it('solve the bounded Rosenbrock function', () => {
    const active = minimizeInBox(rosenbrock, [-1.2, 1], { lower: [-2, -2], upper: [0.5, 2] })
    expect(active.x[0]).toBe(0.5)
    expect(active.x[1]).toBeCloseTo(0.25, 8)
    expect(active.f).toBeCloseTo(0.25, 12)
    const degenerate = minimizeInBox(rosenbrock, [-1.2, 1], { upper: 1 })
    expect(degenerate.x[0]).toBeCloseTo(1, 6)
    expect(degenerate.norm).toBeLessThanOrEqual(1e-8)
    const inactive = minimizeInBox(rosenbrock, [-1.2, 1], { lower: -2, upper: 2 })
    expect(inactive.f).toBeLessThan(1e-14)
    const fixed = minimizeInBox(rosenbrock, [-1.2, 7], { lower: [-Infinity, 4], upper: [Infinity, 4] })
    expect(fixed.x[1]).toBe(4)
    expect(fixed.norm).toBeLessThanOrEqual(1e-8)
    const all = minimizeInBox(rosenbrock, [0, 0], { lower: [-1.2, 1], upper: [-1.2, 1] })
    expect([...all.x]).toEqual([-1.2, 1])
    expect(all.evaluations).toBe(1)
  })

  it('solve it in 100 coordinates, with bounds that hold some of them, in f64 and f32', () => {
    const start = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? -1.2 : 1))
    const upper = start.map((_, i) => (i % 4 === 0 ? 0.5 : Infinity))
    for (const [precision, tolerance] of [['f64', 1e-7] as const, ['f32', 1e-3] as const]) {
      const { x, f, norm } = minimizeInBox(rosenbrock, start, { upper }, { memory: 10, tolerance, precision })
      expect(norm).toBeLessThanOrEqual(tolerance)
      expect(f).toBeCloseTo(25 * 0.25, precision === 'f32' ? 4 : 9)
      for (let i = 0; i < 100; i += 4) expect(x[i]).toBe(0.5)
    }
  })
})
