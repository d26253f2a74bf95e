import { unconstrainedProblems } from '@thalweg/testing/problems'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minimize } from './minimize.ts'
import { minimizeAsync } from './minimize-async.ts'
import { createSolver } from './solver.ts'

const [rosenbrock] = unconstrainedProblems
const searches = ['more-thuente', 'hager-zhang', 'strong-wolfe', 'backtracking'] as const
const bowl = (x: Float64Array, gradient: Float64Array): number => {
  let f = 0
  for (let i = 0; i < x.length; i++) {
    gradient[i] = 2 * (x[i] - 3)
    f += (x[i] - 3) ** 2
  }
  return f
}

describe('ask and tell', () => {
  it('may keep the gradient array in a variable: it is always the same', () => {
    const { start, evaluate } = rosenbrock
    for (const options of [{}, { scaling: [1, 2] }]) {
      const solver = createSolver(start, options)
      const { gradient } = solver
      while (solver.status === 'running') solver.tell(evaluate(solver.ask(), gradient))
      expect(solver.result().f).toBeLessThan(1e-12)
      expect(solver.result().evaluations).toBeGreaterThan(20)
    }
  })

  it('takes one answer for a question', () => {
    const solver = createSolver(new Float64Array(2))
    expect(() => solver.tell(0, [0, 0])).toThrow('tell: ask first')
    solver.ask()
    solver.tell(1, [1, 1])
    expect(() => solver.tell(1, [1, 1])).toThrow('tell: ask first')
  })

  it('takes numbers alone', () => {
    // @ts-expect-error: a promise is no number
    const later = () => minimize(async () => 1, new Float64Array(1))
    expect(later).toThrow('tell: f must be a number, got object; minimizeAsync takes promises')
  })
})

describe('a state', () => {
  it('is refused under other bounds, l1 or scaling: x, f and the gradient would mean something else', () => {
    const x0 = new Float64Array(2)
    const message = 'state: bounds, l1 and scaling must be those it was saved with'
    for (const [saved, restored] of [
      [{ scaling: [1, 100] }, {}],
      [{ l1: { strength: 1 } }, { l1: { strength: 3 } }],
      [{ l1: { strength: 1 } }, { l1: { strength: 1, mask: [true, false] } }],
      [{ bounds: { upper: 2 } }, { bounds: { upper: 0.5 } }],
    ]) {
      const { state } = minimize(bowl, x0, { ...saved, maxEvaluations: 3 })
      expect(() => createSolver(x0, { ...restored, state })).toThrow(message)
      expect(createSolver(x0, { ...saved, state }).evaluations).toBeGreaterThan(0)
    }
    const { state } = minimize(bowl, x0, { maxEvaluations: 3 })
    expect(() => createSolver(x0, { lineSearch: 'hager-zhang', state })).toThrow(
      'state: lineSearch must be hager-zhang',
    )
    expect(() => createSolver(x0, { state: { ...state, numbers: {} } })).toThrow(
      'these are no numbers of a solver',
    )
  })

  it('is under the limits of the solver that goes on, at once', () => {
    const { start, evaluate } = rosenbrock
    const solver = createSolver(start)
    for (let i = 0; i < 10; i++) solver.tell(evaluate(solver.ask(), solver.gradient))
    const state = solver.save()
    let calls = 0
    const counted = (x: Float64Array, gradient: Float64Array): number => {
      calls++
      return evaluate(x, gradient)
    }
    expect(minimize(counted, start, { state, maxEvaluations: 10 }).status).toBe('max-evaluations')
    expect(minimize(counted, start, { state, maxIterations: 0 }).status).toBe('max-iterations')
    expect(calls).toBe(0)
    const never = minimize(() => Number.NaN, start)
    expect(minimize(counted, start, { state: never.state }).status).toBe('non-finite-start')
  })

  it('with tolerance.x turned on converges by a step that was measured', () => {
    const { start, evaluate } = rosenbrock
    const { state } = minimize(evaluate, start, { maxEvaluations: 15 })
    const result = minimize(evaluate, start, { state, tolerance: { x: 1e-3, gradient: 1e-12 } })
    expect(result.f).toBeLessThan(1e-4)
  })

  it('is not part of the JSON of a result', () => {
    expect(JSON.stringify(minimize(bowl, new Float64Array(2)))).not.toContain('state')
  })
})

describe('unbounded', () => {
  const far = (x: Float64Array, gradient: Float64Array): number => {
    const away = x[0] - 1e10
    gradient[0] = away / Math.hypot(1, away)
    return Math.hypot(1, away)
  }
  const slowly = (x: Float64Array, gradient: Float64Array): number => {
    gradient[0] = -1 + 2e-20 * x[0]
    return -x[0] + 1e-20 * x[0] ** 2
  }

  it.each(searches)('is not said of functions whose minimum is far away: %s', (lineSearch) => {
    for (const objective of [far, slowly]) {
      expect(minimize(objective, new Float64Array([0]), { lineSearch }).status).toMatch(/^converged/)
    }
  })

  it.each(searches)('is said where f falls in one coordinate and is bounded in another: %s', (lineSearch) => {
    const result = minimize(
      ([a, b]: Float64Array, gradient: Float64Array) => {
        gradient[0] = -2
        gradient[1] = 2 * b
        return -2 * a + b * b
      },
      new Float64Array([0, 1]),
      { lineSearch },
    )
    expect(result.status, result.message).toBe('unbounded')
  })
})

describe('converged-f', () => {
  it('comes where f has settled to rounding, not a hundred thousand of them before', () => {
    const n = 30
    const weights = Array.from({ length: n }, (_, i) => 10 ** ((4 * i) / (n - 1)))
    const result = minimize((x: Float64Array, gradient: Float64Array) => {
      let f = 1e8
      for (let i = 0; i < n; i++) {
        gradient[i] = weights[i] * (x[i] - 1)
        f += (weights[i] * (x[i] - 1) ** 2) / 2
      }
      return f
    }, new Float64Array(n))
    expect(result.status).toMatch(/^converged/)
    expect(result.f - 1e8).toBeLessThan(5000 * 2 ** -52 * 1e8)
  })
})

describe('small and large units', () => {
  it.each(['more-thuente', 'strong-wolfe', 'hager-zhang'] as const)(
    'do not stop %s at the start',
    (lineSearch) => {
      const { start, evaluate } = rosenbrock
      for (const unit of [1e-15, 1e-10, 1e-5, 1e5, 1e10]) {
        const inner = new Float64Array(2)
        const result = minimize(
          (x: Float64Array, gradient: Float64Array) => {
            const f = evaluate(
              x.map((value) => value / unit),
              inner,
            )
            for (let i = 0; i < 2; i++) gradient[i] = inner[i] / unit
            return f
          },
          start.map((value) => value * unit),
          { lineSearch, tolerance: { gradient: 1e-6 / unit } },
        )
        expect(result.f, `unit ${unit}: ${result.status}, ${result.message}`).toBeLessThan(1e-10)
      }
    },
  )
})

describe('the lowest point', () => {
  it('is returned whatever ends the search, also after a search that failed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(...searches), (seed, lineSearch) => {
        let state = seed
        const noise = (): number => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          return 1e-7 * (state / 2 ** 32 - 0.5)
        }
        const seen: number[] = []
        const result = minimize(
          ([a, b]: Float64Array, gradient: Float64Array) => {
            gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a)
            gradient[1] = 200 * (b - a * a)
            const f = (1 - a) ** 2 + 100 * (b - a * a) ** 2 + 1 + noise()
            seen.push(f)
            return f
          },
          new Float64Array([-1.2, 1]),
          { lineSearch, maxEvaluations: 200 },
        )
        expect(seen).toContain(result.f)
        if (!result.status.startsWith('converged')) expect(result.f).toBe(Math.min(...seen))
      }),
      { numRuns: 100, seed: 5 },
    )
  })
})

describe('an objective that watches the signal, too', () => {
  it('may reject when it is aborted: the best point comes back', async () => {
    const controller = new AbortController()
    let calls = 0
    const result = await minimizeAsync(
      async (x: Float64Array, gradient: Float64Array) => {
        if (++calls === 3) {
          controller.abort()
          throw controller.signal.reason
        }
        return bowl(x, gradient)
      },
      new Float64Array(2),
      {
        signal: controller.signal,
        lineSearch: { name: 'more-thuente', c2: 0.3 },
        tolerance: { gradient: 0 },
      },
    )
    expect(result.status).toBe('aborted')
    expect(result.evaluations).toBe(2)
    await expect(minimizeAsync(() => Promise.reject(new Error('mine')), new Float64Array(1))).rejects.toThrow(
      'mine',
    )
  })
})
