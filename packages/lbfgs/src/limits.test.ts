import { unconstrainedProblems } from '@thalweg/testing/problems'
import { describe, expect, it } from 'vitest'
import { minimize } from './minimize.ts'
import { createSolver } from './solver.ts'

const [rosenbrock] = unconstrainedProblems
const jennrich = unconstrainedProblems.find(({ name }) => name === 'jennrich_sampson') ?? rosenbrock
const searches = ['more-thuente', 'hager-zhang', 'strong-wolfe', 'backtracking'] as const

describe('limits', () => {
  it.each(searches)(
    '%s never exceeds maxEvaluations, and returns the lowest point it has seen',
    (lineSearch) => {
      for (const { start, evaluate } of [rosenbrock, jennrich]) {
        for (let maxEvaluations = 1; maxEvaluations <= 60; maxEvaluations++) {
          const seen: number[] = []
          const result = minimize(
            (x, gradient) => {
              const f = evaluate(x, gradient)
              seen.push(f)
              return f
            },
            start,
            { lineSearch, maxEvaluations },
          )
          expect(seen.length).toBeLessThanOrEqual(maxEvaluations)
          expect(result.f).toBe(evaluate(result.x, new Float64Array(start.length)))
          if (result.status !== 'max-evaluations') continue
          expect(seen.length).toBe(maxEvaluations)
          expect(result.f).toBe(Math.min(...seen.filter(Number.isFinite)))
          expect(result.message).toContain(`${maxEvaluations} evaluations done`)
        }
      }
    },
  )

  it('stops after maxIterations, and at once with none', () => {
    const { start, evaluate } = rosenbrock
    expect(minimize(evaluate, start, { maxIterations: 7 })).toMatchObject({
      status: 'max-iterations',
      iterations: 7,
    })
    expect(minimize(evaluate, start, { maxIterations: 0 })).toMatchObject({
      status: 'max-iterations',
      evaluations: 1,
    })
  })

  it('keeps a time limit within one evaluation', () => {
    const { start, evaluate } = rosenbrock
    let clock = 1000
    const slow = (x: Float64Array, gradient: Float64Array): number => {
      clock += 10
      return evaluate(x, gradient)
    }
    const result = minimize(slow, start, { maxTimeMs: 95, now: () => clock })
    expect(result).toMatchObject({ status: 'max-time', evaluations: 10 })
    expect(result.f).toBe(evaluate(result.x, new Float64Array(2)))
  })

  it('an abort ends it before the next evaluation, with the best point', () => {
    const { start, evaluate } = rosenbrock
    const controller = new AbortController()
    const seen: number[] = []
    const result = minimize(
      (x, gradient) => {
        const f = evaluate(x, gradient)
        if (seen.push(f) === 12) controller.abort()
        return f
      },
      start,
      { signal: controller.signal },
    )
    expect(result).toMatchObject({ status: 'aborted', evaluations: 12, f: Math.min(...seen) })
    const never = minimize(evaluate, start, { signal: AbortSignal.abort() })
    expect(never).toMatchObject({ status: 'aborted', evaluations: 0, f: Number.NaN })
    expect([...never.x]).toEqual([...start])
  })

  it('onIteration sees the start and every iterate once, and stops it', () => {
    const { start, evaluate } = rosenbrock
    const seen: [number, number][] = []
    const result = minimize(evaluate, start, {
      onIteration({ iteration, f, x }) {
        expect(f).toBe(evaluate(x, new Float64Array(2)))
        seen.push([iteration, f])
        return iteration === 9
      },
    })
    expect(seen.map(([iteration]) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(result).toMatchObject({ status: 'stopped', iterations: 9, f: seen[9][1] })

    const all: number[] = []
    const whole = minimize(evaluate, start, { onIteration: ({ iteration }) => void all.push(iteration) })
    expect(all).toEqual(Array.from({ length: whole.iterations + 1 }, (_, index) => index))
  })
})

describe('what an objective may do', () => {
  const nan = () => Number.NaN
  it('not finite at the start: said after one evaluation', () => {
    const start = new Float64Array([1, 2])
    expect(minimize(nan, start)).toMatchObject({ status: 'non-finite-start', evaluations: 1 })
    const noGradient = (_x: Float64Array, gradient: Float64Array): number => {
      gradient.fill(Number.NaN)
      return 0
    }
    const result = minimize(noGradient, start)
    expect(result).toMatchObject({ status: 'non-finite-start', evaluations: 1 })
    expect(result.message).toContain('the gradient, every component of which must be written, is not finite')
  })

  it.each([Float64Array, Float32Array])(
    'leave components of its gradient out, %o: said at once',
    (Numbers) => {
      const start = new Numbers([1, 2])
      const half = ([x, y]: Float64Array | Float32Array, gradient: Float64Array | Float32Array): number => {
        gradient[0] = 2 * x
        return x * x + (y - 5) ** 2
      }
      for (const options of [{}, { bounds: { lower: -9 } }, { l1: { strength: 0.1 } }]) {
        expect(minimize(half, start, options)).toMatchObject({ status: 'non-finite-start', evaluations: 1 })
        expect(minimize(() => 0, start, options)).toMatchObject({
          status: 'non-finite-start',
          evaluations: 1,
        })
      }
      const solver = createSolver(start)
      solver.ask()
      expect(solver.tell(1)).toBe('non-finite-start')
    },
  )

  it.each(searches)('fall without end: %s says unbounded', (lineSearch) => {
    const line = (x: Float64Array, gradient: Float64Array): number => {
      gradient[0] = -2
      return -2 * x[0]
    }
    const cubic = (x: Float64Array, gradient: Float64Array): number => {
      gradient[0] = -3 * x[0] ** 2
      return -(x[0] ** 3)
    }
    const reaches = (x: Float64Array, gradient: Float64Array): number => {
      gradient[0] = -1
      return x[0] > 50 ? Number.NEGATIVE_INFINITY : -x[0]
    }
    for (const objective of [line, cubic, reaches]) {
      expect(minimize(objective, new Float64Array([1]), { lineSearch }).status).toBe('unbounded')
    }
  })

  it('have a wrong gradient: said, with the start or better', () => {
    const uphill = (x: Float64Array, gradient: Float64Array): number => {
      gradient[0] = -2 * (x[0] - 3)
      return (x[0] - 3) ** 2
    }
    const result = minimize(uphill, new Float64Array([1]))
    expect(result).toMatchObject({ status: 'line-search-failed', f: 4 })
    expect([...result.x]).toEqual([1])
    expect(result.message).toMatch(/steepest descent .*gradient norm 4/)
  })

  it('be flat, or start at the minimum', () => {
    const start = new Float64Array([1, 2])
    const flat = (_x: Float64Array, gradient: Float64Array): number => {
      gradient.fill(0)
      return 5
    }
    expect(minimize(flat, start)).toMatchObject({
      status: 'converged-gradient',
      evaluations: 1,
      f: 5,
    })
  })

  it('throw: the error reaches the caller', () => {
    expect(() =>
      minimize(() => {
        throw new Error('mine')
      }, new Float64Array(1)),
    ).toThrow('mine')
  })
})

describe('scaling f by a power of two, with the tolerance scaled alike', () => {
  it.each(searches)('changes no step of %s', (lineSearch) => {
    for (const { name, start, evaluate } of unconstrainedProblems) {
      const trace = (exponent: number): string[] => {
        const points: string[] = []
        minimize(
          (x, gradient) => {
            points.push([...x].join())
            const f = evaluate(x, gradient)
            for (let i = 0; i < gradient.length; i++) gradient[i] *= 2 ** exponent
            return f * 2 ** exponent
          },
          start,
          { lineSearch, tolerance: { gradient: 1e-6 * 2 ** exponent }, maxEvaluations: 300 },
        )
        return points
      }
      const plain = trace(0)
      for (const exponent of [-40, 40]) expect(trace(exponent), `${name}, 2^${exponent}`).toEqual(plain)
    }
  })
})

describe('misuse', () => {
  const x0 = new Float64Array(2)
  const f = () => 0
  it.each([
    [() => minimize(f, x0, { memory: -1 }), RangeError, 'memory must be a whole number in [0, ∞), got -1'],
    [
      () => minimize(f, x0, { maxEvaluations: 0 }),
      RangeError,
      'maxEvaluations must be a whole number in [1, ∞), got 0',
    ],
    [() => minimize(f, x0, { maxIterations: 1.5 }), RangeError, 'maxIterations must be'],
    [
      () => minimize(f, x0, { tolerance: { gradient: -1 } }),
      RangeError,
      'tolerance.gradient must be a number in [0, ∞), got -1',
    ],
    [() => minimize(f, x0, { damping: 1 }), RangeError, 'damping must be a number in [0, 1), got 1'],
    [
      () => minimize(f, x0, { l1: { strength: Number.NaN } }),
      RangeError,
      'l1.strength must be a number in [0, ∞), got NaN',
    ],
    [
      () => minimize(f, x0, { l1: { strength: 1, mask: [true] } }),
      RangeError,
      'l1.mask must have length 2, got 1',
    ],
    [() => minimize(f, x0, { scaling: [1, 0] }), RangeError, 'scaling[1] must be a number in (0, ∞), got 0'],
    [() => minimize(f, x0, { bounds: { lower: 1, upper: 0 } }), RangeError, 'lower[0] must be in'],
    [
      () => minimize(f, x0, { l1: { strength: 1 }, bounds: { lower: 0 } }),
      TypeError,
      'bounds and l1 exclude',
    ],
    [
      () => minimize(f, x0, { l1: { strength: 1 }, lineSearch: 'hager-zhang' }),
      TypeError,
      "must be 'backtracking'",
    ],
    [() => minimize(f, x0, { damping: true, bounds: { lower: 0 } }), TypeError, 'damping and bounds exclude'],
    [() => minimize(f, x0, { maxTimeMs: 5 }), TypeError, 'maxTimeMs needs now'],
    [() => minimize(f, x0, { maxTimeMs: -5 }), RangeError, 'maxTimeMs must be a number in [0, ∞], got -5'],
    // @ts-expect-error: no typed array
    [() => minimize(f, [1, 2]), TypeError, 'x0 must be a Float64Array or a Float32Array'],
    // @ts-expect-error: no such search
    [() => minimize(f, x0, { lineSearch: 'newton' }), RangeError, 'more-thuente, hager-zhang'],
  ])('%s', (call, kind, message) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(message)
  })

  it('of ask and tell', () => {
    const solver = createSolver(x0)
    expect(() => solver.result()).toThrow('it is still running')
    expect(() => solver.tell(1, [1])).toThrow('gradient must have length 2, got 1')
    solver.stop('stopped', 'enough')
    expect(() => solver.ask()).toThrow('it has ended with stopped')
    expect(() => solver.tell(1, [1, 1])).toThrow('it has ended with stopped')
  })
})
