import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vector } from '../vector.ts'
import { createBounds } from './bounds.ts'
import { createBox } from './box.ts'
import type { Pairs } from './pairs.ts'
import {
  bfgsMatrix,
  cauchyByWalking,
  denseSolve,
  dot,
  isInside,
  type ProblemShape,
  pairsOf,
  randomProblem,
  subspaceByElimination,
} from './textbook.suite.ts'

const chance = fc.constantFrom(0, 0.2, 0.5, 1)
const shapes: fc.Arbitrary<ProblemShape> = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  pairs: fc.integer({ min: 0, max: 7 }),
  memory: fc.integer({ min: 0, max: 5 }),
  seed: fc.nat(),
  open: fc.constantFrom(0, 0.3, 1),
  fixed: fc.constantFrom(0, 0.2),
  atBound: chance,
  tied: chance,
  flat: fc.constantFrom(0, 0.3),
  stiffness: fc.constantFrom(0.5, 5, 50),
})

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most)
const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** -H g of plain L-BFGS: the two-loop recursion, started from I / theta. */
function twoLoop(pairs: Pairs, g: Vector): number[] {
  const q = Array.from(g)
  const weights: number[] = []
  for (let k = pairs.count - 1; k >= 0; k--) {
    weights[k] = dot(pairs.s(k), q) / pairs.sy(k, k)
    for (let i = 0; i < q.length; i++) q[i] -= weights[k] * pairs.y(k)[i]
  }
  const r = q.map((value) => value / pairs.theta)
  for (let k = 0; k < pairs.count; k++) {
    const correction = weights[k] - dot(pairs.y(k), r) / pairs.sy(k, k)
    for (let i = 0; i < r.length; i++) r[i] += correction * pairs.s(k)[i]
  }
  return r.map((value) => -value)
}

/** The problem with x and the box multiplied by `scale`, so that x + (l - x) is no longer l in every case. */
function offGrid(problem: ReturnType<typeof randomProblem>, scale: number): ReturnType<typeof randomProblem> {
  const scaled = (values: Float64Array) => values.map((value) => value * scale)
  const { lower, upper } = problem.options
  return { ...problem, x: scaled(problem.x), options: { lower: scaled(lower), upper: scaled(upper) } }
}

const strictlyInside = (z: Vector, { lower, upper }: { lower: Vector; upper: Vector }) =>
  z.filter((value, i) => value > lower[i] && value < upper[i]).length

describe('the direction in a box', () => {
  it('leads to what the dense model, walked and solved, says', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { options, x, g, pairs } = randomProblem(shape)
        const { n } = shape
        const bounds = createBounds(options, n, 'f64')
        const box = createBox(bounds, shape.memory)
        const [d, z] = [new Float64Array(n), new Float64Array(n)]
        expect(box.direction(x, g, pairs, d, z)).toBe('ok')
        const b = bfgsMatrix(pairs, n)
        const cauchy = cauchyByWalking(b, bounds, x, g).z.map((value, i) =>
          clamp(x[i] + value, bounds.lower[i], bounds.upper[i]),
        )
        const places = Uint8Array.from(cauchy, (value, i) => {
          if (bounds.lower[i] === bounds.upper[i]) return 1
          return value === bounds.lower[i] ? 2 : value === bounds.upper[i] ? 3 : 0
        })
        fc.pre(box.free === places.filter((place) => place === 0).length)
        const newton = subspaceByElimination(b, bounds, x, g, places).map((value, i) => x[i] + value)
        let expected = newton.map((value, i) => clamp(value, bounds.lower[i], bounds.upper[i]))
        const size = largest(newton.map((value, i) => value - x[i]))
        const slope = dot(
          g,
          expected.map((value, i) => value - x[i]),
        )
        // what descends only by rounding may be taken either way
        fc.pre(box.truncated === slope >= 0 || Math.abs(slope) > 1e-9 * size * largest(g))
        if (slope >= 0) {
          const rooms = newton.map((value, i) => {
            const bound = value > cauchy[i] ? bounds.upper[i] : bounds.lower[i]
            return value === cauchy[i] ? 1 : (bound - cauchy[i]) / (value - cauchy[i])
          })
          const alpha = Math.min(1, ...rooms.filter((_, i) => places[i] === 0))
          expected = newton.map((value, i) => cauchy[i] + alpha * (value - cauchy[i]))
        }
        expected.forEach((value, i) => {
          expect(Math.abs(z[i] - value)).toBeLessThanOrEqual(1e-9 * size + 1e-15 * Math.abs(x[i]))
        })
      }),
      { numRuns: 500 },
    )
  })

  it('never leaves the box, d = z - x to the bit, and descends', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom('f64' as const, 'f32' as const), (shape, precision) => {
        const problem = offGrid(randomProblem(shape), 1 / 3)
        const { n } = shape
        const narrow = (v: Vector): Vector => (precision === 'f32' ? Float32Array.from(v) : v)
        const bounds = createBounds(problem.options, n, precision)
        const [x, g, d, z] = [
          narrow(problem.x),
          narrow(problem.g),
          narrow(new Float64Array(n)),
          narrow(new Float64Array(n)),
        ]
        bounds.clip(x)
        const { count } = problem.pairs
        const vectors = (of: (i: number) => Vector) => Array.from({ length: count }, (_, i) => narrow(of(i)))
        const pairs = pairsOf(vectors(problem.pairs.s), vectors(problem.pairs.y), shape.memory)
        const box = createBox(bounds, shape.memory)
        expect(box.direction(x, g, pairs, d, z)).toBe('ok')
        expect(isInside(bounds, z)).toBe(true)
        expect(strictlyInside(z, bounds)).toBeLessThanOrEqual(box.free)
        const difference = z.map((value, i) => value - x[i])
        expect(d).toEqual(difference)
        expect(box.slope).toBe(dot(g, d))
        if (bounds.projectedGradientNorm(x, g) === 0) expect(largest(d)).toBe(0)
        else expect(box.slope).toBeLessThan(0)
        expect(box.stepMax).toBeGreaterThanOrEqual(1)
        if (box.stepMax < Infinity) {
          const before = x.map((value, i) => value + box.stepMax * d[i])
          const after = before.slice()
          bounds.clip(after)
          const rounding = precision === 'f32' ? 1e-6 : 1e-14
          for (let i = 0; i < n; i++) {
            expect(Math.abs(after[i] - before[i])).toBeLessThanOrEqual(
              rounding * (Math.abs(x[i]) + Math.abs(d[i])) * box.stepMax,
            )
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is that of plain L-BFGS where no bound is finite, or none is near', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(Infinity, 1e6), ({ n, pairs: count, memory, seed }, far) => {
        const shape = { n, pairs: count, memory, seed, open: 1, fixed: 0, atBound: 0, tied: 0, flat: 0 }
        const { x, g, pairs } = randomProblem(shape)
        const box = createBox(createBounds({ lower: -far, upper: far }, n, 'f64'), memory)
        const [d, z] = [new Float64Array(n), new Float64Array(n)]
        expect(box.direction(x, g, pairs, d, z)).toBe('ok')
        const expected = twoLoop(pairs, g)
        const size = largest(expected)
        const dense = denseSolve(
          bfgsMatrix(pairs, n),
          Array.from(g, (value) => -value),
        )
        for (let i = 0; i < n; i++) {
          expect(Math.abs(d[i] - expected[i])).toBeLessThanOrEqual(1e-11 * size + 1e-15 * Math.abs(x[i]))
          expect(Math.abs(d[i] - dense[i])).toBeLessThanOrEqual(1e-9 * size)
        }
        expect(box.free).toBe(n)
        expect(box.stepMax === Infinity).toBe(far === Infinity)
      }),
    )
  })

  it('is the projected gradient step without pairs', () => {
    const bounds = createBounds({ lower: [0, 0, -1, -9], upper: [1, 1, 1, 9] }, 4, 'f64')
    const box = createBox(bounds, 3)
    const [d, z] = [new Float64Array(4), new Float64Array(4)]
    const none = pairsOf([], [], 3)
    expect(box.direction(Float64Array.of(0, 0.5, 0, 0), Float64Array.of(3, -4, 0, 2), none, d, z)).toBe('ok')
    expect([...z]).toEqual([0, 1, 0, -2])
    expect([...d]).toEqual([0, 0.5, 0, -2])
    expect([box.slope, box.stepMax, box.free, box.breakpoints, box.truncated]).toEqual([-6, 1, 2, 0, false])
  })

  it('cuts the subspace step at the first bound, to the bit, where its projection would ascend', () => {
    // B = [[25.5, 24.5], [24.5, 25.5]], from its eigenvectors; at g the subspace step is (0.388, -0.412)
    const s = [Float64Array.of(1, -1), Float64Array.of(1, 1)]
    const pairs = pairsOf(s, [Float64Array.of(1, -1), Float64Array.of(50, 50)], 2)
    const [d, z] = [new Float64Array(2), new Float64Array(2)]
    // the Cauchy point is -t g, t = g'g / g'Bg
    const t = 1.04 / (25.5 * 1.04 + 2 * 24.5 * 0.2)
    for (let lower = -0.05; lower > -0.07; lower -= 0.0003) {
      const box = createBox(createBounds({ lower: [-Infinity, lower] }, 2, 'f64'), 2)
      expect(box.direction(new Float64Array(2), Float64Array.of(0.2, 1), pairs, d, z)).toBe('ok')
      expect(box.truncated).toBe(true)
      // the share of the way from the Cauchy point to the subspace step that reaches the bound
      const alpha = (-lower - t) / (0.412 - t)
      expect(z[0]).toBeCloseTo(-0.2 * t + alpha * (0.388 + 0.2 * t), 12)
      expect(z[1]).toBe(lower)
      expect(box.slope).toBeLessThan(0)
    }
  })

  it('changes nothing when f is scaled by a power of two', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(-41, -40, -1, 1, 40, 41), (shape, exponent) => {
        fc.pre(Math.min(shape.pairs, shape.memory) > 0)
        const { options, x, g, pairs } = randomProblem(shape)
        const { n } = shape
        const factor = 2 ** exponent
        const box = createBox(createBounds(options, n, 'f64'), shape.memory)
        const [d, z, scaled] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
        expect(box.direction(x, g, pairs, d, z)).toBe('ok')
        const scaledPairs: Pairs = {
          ...pairs,
          theta: factor * pairs.theta,
          y: (i) => pairs.y(i).map((value) => factor * value),
          sy: (i, j) => factor * pairs.sy(i, j),
          yy: (i, j) => factor * factor * pairs.yy(i, j),
        }
        expect(
          box.direction(
            x,
            g.map((value) => factor * value),
            scaledPairs,
            scaled,
            z,
          ),
        ).toBe('ok')
        expect(scaled).toEqual(d)
      }),
    )
  })

  it('depends on its arguments alone, and reports pairs without curvature', () => {
    const shape = { n: 8, pairs: 4, memory: 4, open: 0.3, fixed: 0, atBound: 0.2, tied: 0, flat: 0 }
    const [first, second] = [3, 4].map((seed) => randomProblem({ ...shape, seed }))
    const bounds = createBounds(first.options, 8, 'f64')
    const box = createBox(bounds, 4)
    const [d, again, z] = [new Float64Array(8), new Float64Array(8), new Float64Array(8)]
    expect(box.direction(first.x, first.g, first.pairs, d, z)).toBe('ok')
    const inside = second.x.slice()
    bounds.clip(inside)
    expect(box.direction(inside, second.g, second.pairs, again, z)).toBe('ok')
    const s = first.pairs.s(0)
    expect(box.direction(first.x, first.g, pairsOf([s], [s.map((value) => -value)], 4), again, z)).toBe(
      'singular',
    )
    expect(box.direction(first.x, first.g, pairsOf([s], [s.map(() => Number.NaN)], 4), again, z)).toBe(
      'singular',
    )
    expect(box.direction(first.x, first.g, first.pairs, again, z)).toBe('ok')
    expect(again).toEqual(d)
  })
})
