import { unconstrainedProblems } from '@thalweg/testing/problems'
import { describe, expect, it } from 'vitest'
import { iterate } from './iterate.ts'
import { minimize } from './minimize.ts'
import { minimizeAsync } from './minimize-async.ts'
import { createSolver } from './solver.ts'
import type { SolverOptions } from './solver-options.ts'
import { outcome, traced } from './traced.suite.ts'
import type { Vector } from './vector.ts'

const problems = unconstrainedProblems.filter(({ name }) =>
  ['rosenbrock', 'jennrich_sampson', 'box3d', 'osborne1', 'biggs_exp6', 'chebyquad_8', 'penalty1_4'].includes(
    name,
  ),
)

const variants: Record<string, (n: number) => SolverOptions> = {
  'L-BFGS': () => ({}),
  'L-BFGS, hager-zhang, 3 pairs': () => ({ lineSearch: 'hager-zhang', memory: 3 }),
  'L-BFGS, strong-wolfe, tolerance of x': () => ({ lineSearch: 'strong-wolfe', tolerance: { x: 1e-9 } }),
  'L-BFGS, backtracking, damped': () => ({ lineSearch: 'backtracking', damping: true }),
  'L-BFGS, scaled': (n) => ({ scaling: Array.from({ length: n }, (_, i) => 1 / 3 + i) }),
  'L-BFGS-B': () => ({ bounds: { lower: -3, upper: 0.9 } }),
  'L-BFGS-B, scaled': (n) => ({
    bounds: { upper: 0.9 },
    scaling: Array.from({ length: n }, (_, i) => 1 / 3 + i),
  }),
  'OWL-QN': () => ({ l1: { strength: 0.1 } }),
  'steepest descent': () => ({ memory: 0, maxIterations: 30 }),
}

describe.each(Object.entries(variants))('%s', (_name, optionsFor) => {
  it.each(problems)('takes the same steps in every driver: $name', async ({ start, evaluate }) => {
    const options = optionsFor(start.length)
    const sync = traced(evaluate)
    const wanted = minimize(sync.objective, start, options)

    const later = traced(evaluate)
    const awaited = await minimizeAsync(async (x, gradient) => later.objective(x, gradient), start, options)
    expect(later.trace).toEqual(sync.trace)
    expect(outcome(awaited)).toEqual(outcome(wanted))

    const asked = traced(evaluate)
    const solver = createSolver(start, options)
    while (solver.status === 'running') {
      const gradient = new Float64Array(start.length)
      solver.tell(asked.objective(solver.ask(), gradient), [...gradient])
    }
    expect(asked.trace).toEqual(sync.trace)
    expect(outcome(solver.result())).toEqual(outcome(wanted))

    const walked = traced(evaluate)
    const iterator = iterate(walked.objective, start, options)
    let next = iterator.next()
    let count = 0
    for (; !next.done; next = iterator.next()) expect(next.value.iteration).toBe(count++)
    expect(walked.trace).toEqual(sync.trace)
    expect(outcome(next.value)).toEqual(outcome(wanted))
    expect(count).toBe(wanted.iterations + 1)
  })

  it.each(problems)(
    'saved and restored at every evaluation it takes the same steps: $name',
    ({ start, evaluate }) => {
      const options = optionsFor(start.length)
      for (const x0 of [start, new Float32Array(start)] as const) {
        const whole = traced<Vector>(evaluate)
        const wanted = minimize(whole.objective, x0, options)
        const broken = traced<Vector>(evaluate)
        let solver = createSolver(x0, options)
        while (solver.status === 'running') {
          const state = JSON.parse(JSON.stringify(solver.save()))
          solver = createSolver(x0, { ...options, state })
          solver.tell(broken.objective(solver.ask(), solver.gradient))
        }
        expect(broken.trace).toEqual(whole.trace)
        expect(outcome(solver.result())).toEqual(outcome(wanted))
        expect(solver.result().f).toBe(wanted.f)
      }
    },
  )
})

describe('the state of a result', () => {
  it('goes on where a limit ended it, as if there had been none', () => {
    const { start, evaluate } = unconstrainedProblems[0]
    const whole = traced(evaluate)
    minimize(whole.objective, start)
    const parts = traced(evaluate)
    let result = minimize(parts.objective, start, { maxEvaluations: 1 })
    for (let limit = 2; result.status === 'max-evaluations'; limit++) {
      result = minimize(parts.objective, start, { maxEvaluations: limit, state: result.state })
    }
    expect(result.status).toBe('converged-gradient')
    expect(parts.trace).toEqual(whole.trace)
  })

  it('is refused by a solver of another kind, saying what differs', () => {
    const { start, evaluate } = unconstrainedProblems[0]
    const { state } = minimize(evaluate, start, { maxIterations: 3 })
    const other = { ...state }
    expect(() => createSolver(start, { state, memory: 5 })).toThrow('state: memory must be 5, as this solver')
    expect(() => createSolver(start, { state, bounds: { lower: 0 } })).toThrow('state: method must be box')
    expect(() => createSolver(new Float32Array(2), { state })).toThrow('state: precision must be f32')
    expect(() => createSolver(new Float64Array(3), { state })).toThrow('state: length must be 3')
    expect(() => createSolver(start, { state: { ...other, vectors: {} } })).toThrow('state: the vector')
  })
})
