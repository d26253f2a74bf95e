import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vector } from '../vector.ts'
import { logisticSum } from './logistic-sum.suite.ts'
import { minimizeOnline } from './minimize-online.ts'
import { drawSamples } from './multi-batch-sample.ts'
import { createOnlineLbfgs, type OnlineLbfgs } from './online-lbfgs.ts'
import type { SavedOnline } from './online-state.ts'
import { textbookOnline } from './online-textbook.suite.ts'

const none = new Uint32Array(0)

/** Batch t of quadratics, f_t(x) = sum_i a_i (x_i - c_ti)^2 / 2: one Hessian, another minimum each. */
function quadratic(n: number, spread: number) {
  const a = Float64Array.from({ length: n }, (_, i) => 10 ** ((-2 * i) / n))
  return (batch: number, x: Vector, gradientOut: Vector): number => {
    const c = sequence(n, 100 + batch)
    let f = 0
    for (let i = 0; i < n; i++) {
      const away = x[i] - 1 - spread * c[i]
      gradientOut[i] = a[i] * away
      f += (a[i] * away * away) / 2
    }
    return f
  }
}

/** Evaluates until `evaluations` more are told. */
function advance<A extends Vector>(
  solver: OnlineLbfgs<A>,
  objective: ReturnType<typeof quadratic>,
  evaluations: number,
): void {
  for (let i = 0; i < evaluations; i++) {
    const { index, x } = solver.ask()
    solver.tell(objective(index, x, solver.gradient))
  }
}

describe('online L-BFGS', () => {
  it('logistic regression: a gap of 1.5e-3 after 10 passes, half of that with y across batches', () => {
    const problem = logisticSum(1)
    const minimum = problem.minimum()
    const { count, dimension } = problem
    const batchOf = (seed: number): ((index: number) => number) => {
      let state = seed
      const order: number[] = []
      return (index) => {
        while (order.length <= index) {
          const drawn = drawSamples(state, count, count, none)
          state = drawn.state
          order.push(...drawn.samples)
        }
        return order[index]
      }
    }
    const mean = (batch: number, x: Float64Array, gradientOut: Float64Array): number => {
      const f = count * problem.objective(batch, x, gradientOut)
      for (let j = 0; j < dimension; j++) gradientOut[j] *= count
      return f
    }
    type Run = (batch: (index: number) => number, learningRate: number, decaySteps: number) => Float64Array
    const online: Run = (batch, learningRate, decaySteps) =>
      minimizeOnline((index, x, out) => mean(batch(index), x, out), new Float64Array(dimension), {
        batchesPerPass: count,
        maxPasses: 10,
        learningRate,
        decaySteps,
      }).x
    const acrossBatches: Run = (batch, learningRate, decaySteps) => {
      const gradientOf = (index: number, x: Float64Array): Float64Array => {
        const gradient = new Float64Array(dimension)
        mean(batch(index), x, gradient)
        return gradient
      }
      const rates = { memory: 10, learningRate, decaySteps, lambda: 0, epsilon: 1e-10 }
      const options = { ...rates, maxEvaluations: 10 * count, sameBatch: false }
      return textbookOnline(gradientOf, new Float64Array(dimension), options).at(-1) ?? new Float64Array(0)
    }
    const best = (run: Run): number => {
      const gaps = [0.1, 0.5].flatMap((learningRate) =>
        [50, 200].map((decaySteps) => {
          const three = [1, 2, 3].map((seed) => run(batchOf(seed), learningRate, decaySteps))
          return three.map((x) => problem.total(x) - minimum).sort((p, q) => p - q)[1]
        }),
      )
      return Math.min(...gaps)
    }
    const gap = best(online)
    expect(gap).toBeLessThanOrEqual(1.5e-3)
    expect(best(acrossBatches)).toBeGreaterThanOrEqual(2 * gap)
  })

  it('the points of the textbook, to rounding', () => {
    const objective = quadratic(12, 0.5)
    const gradientOf = (batch: number, x: Float64Array): Float64Array => {
      const gradient = new Float64Array(12)
      objective(batch, x, gradient)
      return gradient
    }
    const options = { memory: 3, learningRate: 0.3, decaySteps: 20, lambda: 0.1, epsilon: 1e-2 }
    const x0 = sequence(12, 1)
    const points = textbookOnline(gradientOf, x0, { ...options, maxEvaluations: 40, sameBatch: true })
    const solver = createOnlineLbfgs(x0, options)
    for (const point of points.slice(1)) {
      advance(solver, objective, 2)
      for (const [i, value] of point.entries()) expect(Math.abs(solver.x[i] - value)).toBeLessThan(1e-10)
    }
    expect(solver.pairs).toBe(3)
  })

  describe.each(['f64', 'f32'] as const)('in %s', (precision) => {
    const type = precision === 'f64' ? Float64Array : Float32Array

    it('H y = s for the newest pair', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 25 }), (n, steps) => {
          const objective = quadratic(n, 0)
          const solver = createOnlineLbfgs<Vector>(type.from(sequence(n, n)), {
            memory: 4,
            learningRate: 0.5,
          })
          let before = solver.x.slice()
          const gradient = type.from({ length: n })
          for (let step = 0; step < steps; step++) {
            advance(solver, objective, 1)
            before = solver.x.slice()
            objective(0, before, gradient)
            advance(solver, objective, 1)
          }
          const s = solver.x.map((value, i) => value - before[i])
          const y = type.from({ length: n })
          objective(0, solver.x, y)
          for (let i = 0; i < n; i++) y[i] -= gradient[i]
          fc.pre(solver.refused === 0)
          const from = solver.x.slice()
          solver.tell(1, y, { learningRate: 1 })
          const { x } = solver.ask()
          const [relative, absolute] = precision === 'f64' ? [1e-9, 2 ** -51] : [1e-4, 2 ** -22]
          const bound = relative * Math.max(...s.map(Math.abs)) + absolute
          for (let i = 0; i < n; i++) expect(Math.abs(from[i] - x[i] - s[i])).toBeLessThan(bound)
        }),
        { numRuns: 50 },
      )
    })

    it('goes on bit for bit from every evaluation, through JSON', () => {
      const objective = quadratic(9, 1)
      const options = { memory: 3, learningRate: 0.4, decaySteps: Number.POSITIVE_INFINITY, lambda: 0.01 }
      const x0 = type.from(sequence(9, 5)) as Vector
      const whole = createOnlineLbfgs(x0, options)
      const unbroken: Vector[] = []
      const saved: SavedOnline[] = []
      for (let evaluation = 0; evaluation < 24; evaluation++) {
        saved.push(JSON.parse(JSON.stringify(whole.save())))
        unbroken.push(whole.ask().x.slice())
        advance(whole, holed(objective), 1)
      }
      for (const [from, state] of saved.entries()) {
        const solver = createOnlineLbfgs(x0, { state })
        for (const x of unbroken.slice(from)) {
          expect(solver.ask().x).toEqual(x)
          advance(solver, holed(objective), 1)
        }
        expect(solver.save()).toEqual(whole.save())
      }
      expect(whole.rejected).toBeGreaterThan(0)
      expect(whole.pairs).toBe(3)
    })

    it('a first move that is lost in rounding becomes longer', () => {
      const far = precision === 'f64' ? 2 ** 30 : 2 ** 15
      const objective = (_: number, x: Vector, gradientOut: Vector): number => {
        gradientOut[0] = x[0] - far - 1
        return (x[0] - far - 1) ** 2 / 2
      }
      const solver = createOnlineLbfgs<Vector>(type.of(far), { learningRate: 0.5 })
      advance(solver, objective, 120)
      expect(solver.refused).toBeGreaterThan(0)
      const early = createOnlineLbfgs<Vector>(type.of(far), { learningRate: 0.5 })
      advance(early, objective, 4)
      expect([early.pairs, early.refused]).toEqual([0, 2])
      const restored = createOnlineLbfgs<Vector>(type.of(0), { state: early.save() })
      advance(restored, objective, 116)
      expect(restored.save()).toEqual(solver.save())
      expect(solver.x[0]).toBeCloseTo(far + 1, precision === 'f64' ? 6 : 1)
    })
  })

  it('eta_0 tau / (tau + t) is the schedule, and is replaced by the learning rate of a step', () => {
    const objective = quadratic(5, 1)
    const x0 = sequence(5, 8)
    const limits = { batchesPerPass: 1, maxPasses: 30 }
    const own = minimizeOnline(objective, x0, { ...limits, learningRate: 0.3, decaySteps: 4 })
    const schedule = (step: number): number => 0.3 / (1 + step / 4)
    const given = minimizeOnline(objective, x0, { ...limits, schedule })
    expect(given.x).toEqual(own.x)
    expect(given.steps).toBe(15)
  })

  it('pairs of negative curvature are refused, and the move without pairs grows to the gradient', () => {
    const solver = createOnlineLbfgs(Float64Array.of(1), { learningRate: 0.01 })
    for (let step = 0; step < 15; step++) {
      for (let each = 0; each < 2; each++) solver.tell(-(solver.ask().x[0] ** 2) / 2, [-solver.ask().x[0]])
    }
    expect(solver.pairs).toBe(0)
    expect(solver.refused).toBe(15)
    const [before] = solver.x
    solver.tell(0, [-1], { learningRate: 0.01 })
    expect(solver.ask().x[0]).toBe(before + 0.01)
  })

  it('a pair is refused whose curvature is rounding of the slope', () => {
    for (const [curvature, pairs] of [
      [2 ** -53, 0],
      [2 ** -51, 1],
    ]) {
      const solver = createOnlineLbfgs(Float64Array.of(0), { epsilon: 1, learningRate: 1 })
      solver.tell(0, [-1])
      solver.tell(0, [-1 + curvature])
      expect([solver.pairs, solver.refused]).toEqual([pairs, 1 - pairs])
    }
  })

  it('pairs whose direction overflows are forgotten', () => {
    const solver = createOnlineLbfgs(Float64Array.of(0), { epsilon: 1, learningRate: 1 })
    solver.tell(0, [-1])
    solver.tell(0, [-1 + 2 ** -50])
    expect(solver.pairs).toBe(1)
    solver.tell(0, [-1e148], { learningRate: 1 })
    expect([solver.pairs, solver.ask().x[0]]).toEqual([0, 1 + 1e148])
  })

  it('a batch whose gradient vanishes moves nothing and asks for the next', () => {
    const solver = createOnlineLbfgs(Float64Array.of(1, 2))
    expect(solver.tell(3, [0, 0])).toBe('running')
    const { x, batch, index } = solver.ask()
    expect([...x, batch, index]).toEqual([1, 2, 'new', 1])
    expect(solver.f).toBe(3)
    expect(solver.steps).toBe(0)
  })
})

/** Every 7th batch is not a number anywhere, and no batch is above 1.2. */
function holed(objective: ReturnType<typeof quadratic>): ReturnType<typeof quadratic> {
  return (batch, x, gradientOut) => {
    const f = objective(batch, x, gradientOut)
    if (x[0] > 1.2) gradientOut[0] = Number.POSITIVE_INFINITY
    return batch % 7 === 6 ? Number.NaN : f
  }
}

describe('values that are not finite', () => {
  it('at the start: ended after one evaluation', () => {
    for (const [f, gradient] of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [1, Number.NEGATIVE_INFINITY],
    ]) {
      const solver = createOnlineLbfgs(Float64Array.of(1, 2))
      expect(solver.tell(f, [0, gradient])).toBe('non-finite-start')
      expect(solver.message).toContain('not finite at the start')
      expect([...solver.x]).toEqual([1, 2])
      expect(() => solver.ask()).toThrow('it has ended with non-finite-start')
      expect(() => solver.tell(0, [0, 0])).toThrow('it has ended with non-finite-start')
    }
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('a logarithmic barrier of %s is survived', (outside) => {
    // f(x) = x / 10 - log(x): minimum at 10; outside for x <= 0, where full steps from 30 lead.
    const objective = (_: number, x: Float64Array, gradientOut: Float64Array): number => {
      gradientOut[0] = x[0] > 0 ? 0.1 - 1 / x[0] : outside
      return x[0] > 0 ? x[0] / 10 - Math.log(x[0]) : outside
    }
    const seen: number[] = []
    const result = minimizeOnline(objective, Float64Array.of(30), {
      batchesPerPass: 1,
      maxPasses: 100,
      learningRate: 1,
      onStep: ({ rejected }) => void seen.push(rejected),
    })
    expect(seen.at(-1)).toBeGreaterThan(0)
    expect(result.x[0]).toBeCloseTo(10, 8)
    expect(result.f).toBe(objective(0, result.x, new Float64Array(1)))
    expect(result.status).toBe('max-passes')
  })

  it('a batch that is not finite at the end of a step takes the step back, and makes the next half as long', () => {
    const solver = createOnlineLbfgs(Float64Array.of(1), { epsilon: 1, learningRate: 0.5, decaySteps: 1 })
    solver.tell(2, [2])
    expect(solver.ask()).toEqual({ x: Float64Array.of(0), batch: 'same', index: 0 })
    solver.tell(1, [1])
    expect([solver.x[0], solver.f, solver.gradientNorm]).toEqual([0, 1, 1])
    solver.tell(Number.NaN, [1])
    expect(solver.ask()).toEqual({ x: Float64Array.of(1), batch: 'new', index: 2 })
    expect([solver.x[0], solver.f, solver.gradientNorm, solver.pairs]).toEqual([1, 2, 2, 1])
    // The pair (-1, -1) says H = 1: eta = 0.5 / 2 from here.
    solver.tell(2, [2], { learningRate: 0.5 })
    expect(solver.ask().x[0]).toBe(0.5)
    expect(solver.learningRate).toBe(0.25)
    solver.tell(Number.POSITIVE_INFINITY, [2])
    expect(solver.ask()).toEqual({ x: Float64Array.of(1), batch: 'new', index: 3 })
    expect(solver.rejected).toBe(2)
    // A quarter, as two were taken back; finite at its end and with the next batch there: whole, eta_2 = 0.5 / (1 + 2).
    solver.tell(2, [2], { learningRate: 0.5 })
    solver.tell(2, [1.75])
    expect([solver.learningRate, solver.steps]).toEqual([0.125, 2])
    solver.tell(2, [1])
    expect(solver.learningRate).toBe(0.5 / 3)
  })

  it('a step beyond the largest number is taken back, though f is finite there', () => {
    const solver = createOnlineLbfgs(Float64Array.of(1), { epsilon: 1e308, learningRate: 10 })
    solver.tell(0, [-1])
    expect(solver.ask().x[0]).toBe(Number.POSITIVE_INFINITY)
    solver.tell(0, [0])
    expect(solver.ask()).toEqual({ x: Float64Array.of(1), batch: 'new', index: 1 })
    expect(solver.rejected).toBe(1)
  })

  it('without end: step-failed, at the last point that was finite', () => {
    let evaluations = 0
    const result = minimizeOnline(
      (_, x, gradientOut) => {
        gradientOut[0] = x[0]
        return ++evaluations > 7 ? Number.NaN : x[0] ** 2 / 2
      },
      Float64Array.of(1),
      { batchesPerPass: 1, maxPasses: 1e4 },
    )
    expect(result.status).toBe('step-failed')
    expect(result.message).toBe('x, f or its gradient is not finite, 40 times in a row; f = NaN')
    expect(result.evaluations).toBe(47)
    expect(result.f).toBe(result.x[0] ** 2 / 2)
  })
})

describe('minimizeOnline', () => {
  const objective = quadratic(3, 1)
  const x0 = new Float64Array(3)

  it('never exceeds a limit, and says which it was', () => {
    for (const maxEvaluations of [1, 2, 7]) {
      let evaluations = 0
      const counted: typeof objective = (...all) => {
        evaluations++
        return objective(...all)
      }
      const result = minimizeOnline(counted, x0, { batchesPerPass: 4, maxEvaluations })
      expect([result.status, result.evaluations, evaluations]).toEqual([
        'max-evaluations',
        maxEvaluations,
        maxEvaluations,
      ])
      expect(result.passes).toBe(maxEvaluations / 4)
    }
    const passes = minimizeOnline(objective, x0, { batchesPerPass: 3.5, maxPasses: 2.5 })
    expect([passes.status, passes.evaluations]).toEqual(['max-passes', 8])
    let time = 0
    const timed = minimizeOnline(objective, x0, { batchesPerPass: 4, maxTimeMs: 5, now: () => time++ })
    expect([timed.status, timed.evaluations]).toEqual(['max-time', 4])
    const aborted = minimizeOnline(objective, x0, { batchesPerPass: 4, signal: AbortSignal.abort() })
    expect([aborted.status, aborted.evaluations, aborted.f]).toEqual(['aborted', 0, Number.NaN])
    const stopped = minimizeOnline(objective, x0, { batchesPerPass: 4, onStep: ({ steps }) => steps === 3 })
    expect([stopped.status, stopped.evaluations]).toEqual(['stopped', 6])
    expect(stopped.message).toMatch(/^stopped after 3 steps, 6 evaluations, 1.5 passes; f of the last batch /)
  })

  it('goes on from the state of a result; x0 stays as it was', () => {
    const options = { batchesPerPass: 4, learningRate: 0.3 }
    const half = minimizeOnline(objective, x0, { ...options, maxEvaluations: 9 })
    const rest = minimizeOnline(objective, x0, { batchesPerPass: 4, maxEvaluations: 20, state: half.state })
    const whole = minimizeOnline(objective, x0, { ...options, maxEvaluations: 20 })
    expect(rest.x).toEqual(whole.x)
    expect(rest.state).toEqual(whole.state)
    expect([...x0]).toEqual([0, 0, 0])
  })

  it('refuses options out of range, and states of another kind', () => {
    const state = createOnlineLbfgs(x0).save()
    const attempts: [() => unknown, string][] = [
      [() => createOnlineLbfgs([1] as never), 'onlineLbfgs: x0 must be a Float64Array or a Float32Array'],
      [() => createOnlineLbfgs(Float64Array.of(1, Number.NaN)), 'onlineLbfgs: x0[1] must be finite, got NaN'],
      [() => createOnlineLbfgs(x0, { memory: 0 }), 'memory must be a whole number in [1, ∞), got 0'],
      [() => createOnlineLbfgs(x0, { learningRate: 0 }), 'learningRate must be in (0, ∞), got 0'],
      [() => createOnlineLbfgs(x0, { decaySteps: -1 }), 'decaySteps must be in (0, ∞], got -1'],
      [() => createOnlineLbfgs(x0, { lambda: -1 }), 'lambda must be in [0, ∞), got -1'],
      [() => createOnlineLbfgs(x0, { epsilon: 0 }), 'epsilon must be in (0, ∞), got 0'],
      [() => createOnlineLbfgs(x0).tell(1, [1]), 'tell: gradient must have length 3, got 1'],
      [
        () => createOnlineLbfgs(x0).tell(1, x0, { learningRate: -1 }),
        'learningRate must be in (0, ∞), got -1',
      ],
      [() => createOnlineLbfgs(new Float32Array(3), { state }), 'state: precision must be f32, got f64'],
      [() => createOnlineLbfgs(new Float64Array(2), { state }), 'state: length must be 2, got 3'],
      [() => createOnlineLbfgs(x0, { state, memory: 4 }), 'state: memory must be 4, as here, got 10'],
      [() => createOnlineLbfgs(x0, { state: { ...state, phase: 'own' } }), 'must be of this method, got own'],
      [
        () => createOnlineLbfgs(x0, { state: { ...state, numbers: state.settings } }),
        'numbers must be 12 numbers',
      ],
      [() => createOnlineLbfgs(x0, { state: {} as never }), 'algorithm must be online-lbfgs, got undefined'],
      [() => minimizeOnline(objective, x0, { batchesPerPass: 0 }), 'batchesPerPass must be in (0, ∞), got 0'],
      [
        () => minimizeOnline(objective, x0, { batchesPerPass: 1, maxPasses: 0 }),
        'maxPasses must be in (0, ∞], got 0',
      ],
      [
        () => minimizeOnline(objective, x0, { batchesPerPass: 1, maxTimeMs: 9 }),
        'maxTimeMs needs the clock now',
      ],
    ]
    for (const [attempt, message] of attempts) expect(attempt).toThrow(message)
  })
})
