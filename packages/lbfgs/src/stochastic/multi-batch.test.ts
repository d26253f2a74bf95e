import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vector } from '../vector.ts'
import { logisticSum } from './logistic-sum.suite.ts'
import {
  type MinimizeMultiBatchOptions,
  minimizeMultiBatch,
  type SampleObjective,
} from './minimize-multi-batch.ts'
import { createMultiBatch, type MultiBatch } from './multi-batch.ts'
import type { MultiBatchOptions } from './multi-batch-options.ts'
import { drawSamples } from './multi-batch-sample.ts'
import type { SavedMultiBatch } from './multi-batch-state.ts'
import { textbookDirection, textbookOnline } from './online-textbook.suite.ts'

const none = new Uint32Array(0)

/** The mean over samples of sum_i a_i (x_i - c_di)^2 / 2, c far apart where `spread` is large; its minimum is known. */
function quadratic(n: number, count: number, spread: number) {
  const a = Float64Array.from({ length: n }, (_, i) => 10 ** ((-2 * i) / n))
  const centres = Array.from({ length: count }, (_, sample) =>
    sequence(n, 50 + sample).map((c) => spread * c),
  )
  const evaluate = (indices: ArrayLike<number>, x: Vector, gradientOut: Vector): number => {
    let f = 0
    const sum = new Float64Array(n)
    for (let k = 0; k < indices.length; k++) {
      for (let i = 0; i < n; i++) {
        const away = x[i] - centres[indices[k]][i]
        sum[i] += (a[i] * away) / indices.length
        f += (a[i] * away * away) / 2 / indices.length
      }
    }
    gradientOut.set(sum)
    return f
  }
  const minimum = a.map((_, i) => centres.reduce((sum, centre) => sum + centre[i] / count, 0))
  const gap = (x: Vector): number =>
    a.reduce((sum, each, i) => sum + (each * (x[i] - minimum[i]) ** 2) / 2, 0)
  return { evaluate, gap }
}

describe('the samples of a batch', () => {
  it('are different, in range, none of those to leave out, and repeatable', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(2 ** 32 - 1), fc.nat(99), (count, seed, part) => {
        const first = drawSamples(seed, count, Math.floor((count * part) / 100), none)
        const rest = count - first.samples.length
        const second = drawSamples(first.state, count, rest, first.samples)
        expect([...first.samples, ...second.samples].sort((p, q) => p - q)).toEqual([...Array(count).keys()])
        expect(drawSamples(first.state, count, rest, first.samples)).toEqual(second)
      }),
      { numRuns: 200 },
    )
  })

  it('have equal chances at every place: counts of 6,000 draws within 5 standard deviations', () => {
    const counts = new Map<string, number>()
    let state = 1
    for (let draw = 0; draw < 6000; draw++) {
      const drawn = drawSamples(state, 6, 2, Uint32Array.of(4, 1, 0))
      state = drawn.state
      const key = drawn.samples.join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(['2,3', '2,5', '3,2', '3,5', '5,2', '5,3'])
    const deviation = Math.sqrt(6000 * (1 / 6) * (5 / 6))
    for (const times of counts.values()) expect(Math.abs(times - 1000)).toBeLessThan(5 * deviation)
  })
})

/** What a run asked for: the parts evaluated at each point it came to. */
function recorded(options: MultiBatchOptions<Float64Array>, steps: number) {
  const { evaluate } = quadratic(8, options.count, 1)
  const solver = createMultiBatch(sequence(8, 3), options)
  const points: { x: Float64Array; parts: Uint32Array[] }[] = []
  while (solver.steps < steps) {
    const { indices, x } = solver.ask()
    const last = points.at(-1)
    if (last === undefined || last.x.some((value, i) => value !== x[i])) {
      points.push({ x: x.slice(), parts: [indices] })
    } else last.parts.push(indices)
    solver.tell(evaluate(indices, x, solver.gradient))
  }
  return { points, evaluate, solver }
}

describe('multi-batch L-BFGS', () => {
  it.each([
    [12, 0.25, [9, 3], [3, 6, 3]],
    [12, 0.5, [6, 6], [6, 6]],
    [40, 0.25, [30, 10], [10, 20, 10]],
    [12, 'full', [12], [12, 12]],
  ] as const)('batches of %i with overlap %s have these parts', (batchSize, overlap, first, others) => {
    const { points } = recorded({ count: 40, batchSize, overlap, seed: 3 }, 12)
    for (const [k, { parts }] of points.entries()) {
      expect(parts.map(({ length }) => length)).toEqual(k === 0 ? first : others)
      if (k > 0) expect(parts[0]).toEqual(points[k - 1].parts.at(-1))
      const batch = overlap === 'full' ? [...(parts.at(-1) ?? [])] : parts.flatMap((part) => [...part])
      expect(new Set(batch).size).toBe(batchSize)
    }
  })

  it.each([0.25, 0.5, 'full'] as const)('overlap %s: the points of the textbook, to rounding', (overlap) => {
    const rates = { memory: 3, learningRate: 0.4, decaySteps: 10, lambda: 0.05, epsilon: 1e-2 }
    const { points, evaluate } = recorded({ ...rates, count: 30, batchSize: 8, overlap }, 15)
    const gradientOf = (samples: readonly number[], x: Float64Array): Float64Array => {
      const gradient = new Float64Array(8)
      evaluate(samples, x, gradient)
      return gradient
    }
    const pairs: { s: Float64Array; y: Float64Array }[] = []
    let x = points[0].x
    for (const [k, { parts }] of points.slice(0, -1).entries()) {
      const batch = overlap === 'full' ? [...(parts.at(-1) ?? [])] : parts.flatMap((part) => [...part])
      const gradient = gradientOf(batch, x)
      const newest = pairs.at(-1)
      const scale = newest ? dot(newest.s, newest.y) / dot(newest.y, newest.y) : 1e-2
      const direction = textbookDirection(gradient, pairs, scale)
      const rate = 0.4 / (1 + k / 10)
      const next = x.map((value, i) => value + rate * direction[i])
      const shared = [...points[k + 1].parts[0]]
      const before = gradientOf(shared, x)
      const s = next.map((value, i) => value - x[i])
      const y = gradientOf(shared, next).map((value, i) => value - before[i] + 0.05 * s[i])
      if (pairs.length === 0 || dot(s, y) > -0.01 * rate * dot(s, gradient)) pairs.push({ s, y })
      if (pairs.length > 3) pairs.shift()
      x = next
      for (const [i, value] of x.entries()) expect(Math.abs(points[k + 1].x[i] - value)).toBeLessThan(1e-10)
    }
  })

  it('logistic regression, batches of 8 and 4 groups of 200: gaps of 1e-3 and 2e-3 after 10 passes', () => {
    const problem = logisticSum(1)
    const { count, dimension } = problem
    const part = new Float64Array(dimension)
    const minimum = problem.minimum()
    const evaluate: SampleObjective<Float64Array> = (indices, x, gradientOut) => {
      let f = 0
      gradientOut.fill(0)
      for (const group of indices) {
        f += (count / indices.length) * problem.objective(group, x, part)
        for (let j = 0; j < dimension; j++) gradientOut[j] += (count / indices.length) * part[j]
      }
      return f
    }
    const gap = (options: Partial<MinimizeMultiBatchOptions<Float64Array>>): number => {
      const gaps = [1, 2, 3].map((seed) => {
        const all = { count, batchSize: 8, maxPasses: 10, learningRate: 0.1, seed, ...options }
        return problem.total(minimizeMultiBatch(evaluate, new Float64Array(dimension), all).x) - minimum
      })
      return gaps.sort((p, q) => p - q)[1]
    }
    expect(gap({})).toBeLessThan(1e-3)
    expect(gap({ batchSize: 4, overlap: 'full' })).toBeLessThan(2e-3)
  })

  it('batches that differ strongly: 10 times closer than with y across batches', () => {
    const { evaluate, gap } = quadratic(10, 200, 30)
    const rates = [0.05, 0.1, 0.2, 0.5, 1].flatMap((rate) => [10, 100].map((decay) => [rate, decay]))
    const best = (run: (rate: number, decay: number, seed: number) => Float64Array): number => {
      const gaps = rates.map(([rate, decay]) => {
        const three = [1, 2, 3].map((seed) => gap(run(rate, decay, seed)))
        return three.sort((p, q) => p - q)[1]
      })
      return Math.min(...gaps)
    }
    const overlapping = best((learningRate, decaySteps, seed) => {
      const options = { count: 200, batchSize: 20, maxPasses: 10, learningRate, decaySteps, seed }
      return minimizeMultiBatch(evaluate, new Float64Array(10), options).x
    })
    const across = best((learningRate, decaySteps, seed) => {
      let state = seed
      const batches = Array.from({ length: 100 }, () => {
        const { samples, state: next } = drawSamples(state, 200, 20, none)
        state = next
        return samples
      })
      const gradientOf = (index: number, x: Float64Array): Float64Array => {
        const gradient = new Float64Array(10)
        evaluate(batches[index], x, gradient)
        return gradient
      }
      const other = { memory: 10, lambda: 0, epsilon: 1, maxEvaluations: 100, sameBatch: false }
      const points = textbookOnline(gradientOf, new Float64Array(10), { learningRate, decaySteps, ...other })
      return points[points.length - 1]
    })
    expect(across).toBeGreaterThan(10 * overlapping)
  })

  it('a pair of too little curvature is refused once there is another', () => {
    const options = { count: 2, batchSize: 2, overlap: 'full', epsilon: 1, learningRate: 1 } as const
    const solver = createMultiBatch(Float64Array.of(0), options)
    const gradients = [-1, 0.5, -1, -0.999, -0.995, -1]
    for (const gradient of gradients.slice(0, 2)) solver.tell(0, [gradient])
    expect(solver.pairs).toBe(1)
    solver.tell(0, [-1])
    solver.tell(0, [-0.995])
    expect([solver.pairs, solver.refused]).toEqual([1, 1])
    solver.tell(0, [-1])
    solver.tell(0, [-0.98])
    expect([solver.pairs, solver.refused]).toEqual([2, 1])
  })
})

/** NaN with sample 5, and infinite beyond 1.1. */
function holed({ evaluate }: ReturnType<typeof quadratic>): SampleObjective {
  return (indices, x, gradientOut) => {
    const f = evaluate(indices, x, gradientOut)
    if (x[0] > 1.1) gradientOut[0] = Number.NEGATIVE_INFINITY
    return indices.includes(5) ? Number.NaN : f
  }
}

describe.each(['f64', 'f32'] as const)('in %s', (precision) => {
  const type = precision === 'f64' ? Float64Array : Float32Array

  it.each([0.25, 0.5, 'full'] as const)(
    'overlap %s: goes on bit for bit from every evaluation',
    (overlap) => {
      const evaluate = holed(quadratic(6, 20, 3))
      const options = { count: 20, batchSize: 6, memory: 3, decaySteps: Number.POSITIVE_INFINITY, seed: 8 }
      const x0 = type.from(sequence(6, 2)) as Vector
      const whole = createMultiBatch(x0, { ...options, overlap, learningRate: 0.7 })
      const unbroken: ReturnType<MultiBatch<Vector>['ask']>[] = []
      const saved: SavedMultiBatch[] = []
      const advance = (solver: MultiBatch<Vector>): void => {
        const { indices, x } = solver.ask()
        solver.tell(evaluate(indices, x, solver.gradient))
      }
      for (let evaluation = 0; evaluation < 30; evaluation++) {
        saved.push(JSON.parse(JSON.stringify(whole.save())))
        const { indices, x } = whole.ask()
        unbroken.push({ indices: indices.slice(), x: x.slice() })
        advance(whole)
      }
      for (const [from, state] of saved.entries()) {
        const solver = createMultiBatch(x0, { count: 20, batchSize: 6, overlap, state })
        for (const request of unbroken.slice(from)) {
          expect(solver.ask()).toEqual(request)
          advance(solver)
        }
        expect(solver.save()).toEqual(whole.save())
      }
      expect(whole.rejected).toBeGreaterThan(0)
      expect(whole.pairs).toBe(3)
    },
  )
})

describe('values that are not finite', () => {
  it('in the first batch: ended', () => {
    const solver = createMultiBatch(Float64Array.of(1), { count: 8, batchSize: 4 })
    expect(solver.tell(1, [1])).toBe('running')
    expect(solver.tell(1, [Number.NaN])).toBe('non-finite-start')
    expect(solver.message).toBe('f or its gradient is not finite at the start: f = 1')
    expect([solver.x[0], solver.f]).toEqual([1, Number.NaN])
    expect(() => solver.ask()).toThrow('it has ended with non-finite-start')
  })

  it('a step into them is taken back, its batch left, and the next half as long', () => {
    const options = { count: 8, batchSize: 4, epsilon: 1, learningRate: 0.5 }
    const solver = createMultiBatch(Float64Array.of(1), options)
    solver.tell(3, [2])
    solver.tell(7, [2])
    expect([solver.f, solver.gradientNorm, solver.steps, solver.ask().x[0]]).toEqual([4, 2, 1, 0])
    solver.tell(Number.NaN, [2])
    expect([solver.rejected, solver.ask().x[0], solver.ask().indices.length]).toEqual([1, 1, 3])
    solver.tell(1, [2])
    solver.tell(1, [2], { learningRate: 0.5 })
    expect([solver.learningRate, solver.ask().x[0]]).toEqual([0.25, 0.5])
    expect(solver.pairs).toBe(0)
  })

  it('a sample that is never finite: its batches are left, the others lead on; without end: step-failed', () => {
    const problem = quadratic(4, 20, 1)
    const evaluate: SampleObjective<Float64Array> = (indices, x, gradientOut) =>
      indices.includes(5) ? Number.NaN : problem.evaluate(indices, x, gradientOut)
    const options = { count: 20, batchSize: 4, learningRate: 0.2, decaySteps: 20, seed: 2, maxPasses: 40 }
    const x0 = new Float64Array(4).fill(3)
    const result = minimizeMultiBatch(evaluate, x0, options)
    expect(result.status).toBe('max-passes')
    expect(problem.gap(result.x)).toBeLessThan(problem.gap(x0) / 100)
    let evaluations = 0
    const ends: SampleObjective<Float64Array> = (...all) =>
      ++evaluations > 20 ? Number.NaN : problem.evaluate(...all)
    const failed = minimizeMultiBatch(ends, x0, options)
    expect([failed.status, failed.evaluations]).toEqual(['step-failed', 60])
    expect(failed.message).toBe('x, f or its gradient is not finite, 40 times in a row; f = NaN')
  })
})

describe('minimizeMultiBatch', () => {
  const { evaluate } = quadratic(3, 10, 1)
  const x0 = new Float64Array(3)
  const options = { count: 10, batchSize: 4 }

  it('never exceeds a limit, in samples neither, and says which it was', () => {
    let samples = 0
    const counted: SampleObjective<Float64Array> = (indices, x, gradientOut) => {
      samples += indices.length
      return evaluate(indices, x, gradientOut)
    }
    const passes = minimizeMultiBatch(counted, x0, { ...options, maxPasses: 1.7 })
    expect([passes.status, samples, passes.passes]).toEqual(['max-passes', 17, 1.7])
    const short = minimizeMultiBatch(evaluate, x0, { ...options, maxPasses: 0.6 })
    expect([short.status, short.passes]).toEqual(['max-passes', 0.5])
    const some = minimizeMultiBatch(evaluate, x0, { ...options, maxEvaluations: 6 })
    expect([some.status, some.evaluations]).toEqual(['max-evaluations', 6])
    const aborted = minimizeMultiBatch(evaluate, x0, { ...options, signal: AbortSignal.abort() })
    expect([aborted.status, aborted.evaluations]).toEqual(['aborted', 0])
    let time = 0
    const timed = minimizeMultiBatch(evaluate, x0, { ...options, maxTimeMs: 4, now: () => time++ })
    expect([timed.status, timed.evaluations]).toEqual(['max-time', 3])
    const stopped = minimizeMultiBatch(evaluate, x0, { ...options, onStep: ({ steps }) => steps === 2 })
    expect(stopped.status).toBe('stopped')
    expect(stopped.message).toMatch(/^stopped after 2 steps, 5 evaluations, 0.8 passes; f of the last batch /)
  })

  it('a schedule replaces the decay; a state goes on', () => {
    const own = { ...options, learningRate: 0.3, decaySteps: 4 }
    const whole = minimizeMultiBatch(evaluate, x0, { ...own, maxEvaluations: 40 })
    const schedule = (step: number): number => 0.3 / (1 + step / 4)
    expect(minimizeMultiBatch(evaluate, x0, { ...options, schedule, maxEvaluations: 40 }).x).toEqual(whole.x)
    const { state } = minimizeMultiBatch(evaluate, x0, { ...own, maxEvaluations: 17 })
    const rest = minimizeMultiBatch(evaluate, x0, { ...options, state, maxEvaluations: 40 })
    expect(rest.state).toEqual(whole.state)
  })

  it('refuses options out of range, and states of another kind', () => {
    const state = createMultiBatch(x0, options).save()
    const attempts: [Partial<MultiBatchOptions<Float64Array>> & { state?: SavedMultiBatch }, string][] = [
      [{ count: 0 }, 'multiBatch: count must be a whole number in [1, 4294967296), got 0'],
      [{ batchSize: 11 }, 'batchSize must be a whole number in [1, 11), got 11'],
      [{ seed: -1 }, 'seed must be a whole number in [0, 4294967296), got -1'],
      [{ overlap: 0 }, 'overlap must be in (0, 0.5] and'],
      [{ overlap: 0.6 }, "or 'full', got 0.6 of 4"],
      [{ batchSize: 1 }, "or 'full', got 0.25 of 1"],
      [{ memory: 0 }, 'memory must be a whole number in [1, ∞), got 0'],
      [{ state, batchSize: 6 }, 'state: batchSize must be 6, got 4'],
      [{ state, overlap: 'full' }, 'state: overlapSize must be 4, got 1'],
      [{ state, memory: 2 }, 'state: memory must be 2, as here, got 10'],
      [{ state: { ...state, sampling: undefined as never } }, 'state: sampling must be three numbers'],
    ]
    for (const [given, message] of attempts) {
      expect(() => createMultiBatch(x0, { ...options, ...given })).toThrow(message)
    }
  })
})

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0)
}
