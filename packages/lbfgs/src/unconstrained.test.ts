import { unconstrainedProblems } from '@thalweg/testing/problems'
import { describe, expect, it } from 'vitest'
import * as byName from './index.ts'
import { outcome, traced } from './traced.suite.ts'
import * as byValue from './unconstrained.ts'
import type { Vector } from './vector.ts'

const { backtracking, createSolver, hagerZhang, iterate, minimize, minimizeAsync, moreThuente, strongWolfe } =
  byValue

const problems = unconstrainedProblems.filter(({ name }) =>
  ['rosenbrock', 'jennrich_sampson', 'box3d', 'osborne1', 'biggs_exp6', 'chebyquad_8', 'penalty1_4'].includes(
    name,
  ),
)

interface Pair {
  readonly named: byName.SolverOptions<Vector>
  readonly valued: byValue.UnconstrainedOptions<Vector>
}

/** The same solver, by a name and by a value. */
const pairs: Record<string, (n: number, single: boolean) => Pair> = {
  'the default search': () => ({ named: {}, valued: {} }),
  'More-Thuente': () => ({
    named: { lineSearch: 'more-thuente', damping: true },
    valued: { lineSearch: moreThuente(), damping: true },
  }),
  'More-Thuente, options': () => ({
    named: { lineSearch: { name: 'more-thuente', c2: 0.3 }, tolerance: { x: 1e-9 } },
    valued: { lineSearch: moreThuente({ c2: 0.3 }), tolerance: { x: 1e-9 } },
  }),
  'Hager-Zhang': (n, single) => {
    const scaling = Array.from({ length: n }, (_, i) => 1 / 3 + i)
    return {
      named: { lineSearch: 'hager-zhang', scaling },
      valued: { lineSearch: hagerZhang(single ? { epsilon: 10 * 2 ** -23 } : {}), scaling },
    }
  },
  'strong Wolfe': () => ({
    named: { lineSearch: 'strong-wolfe', memory: 3 },
    valued: { lineSearch: strongWolfe(), memory: 3 },
  }),
  backtracking: () => ({ named: { lineSearch: 'backtracking' }, valued: { lineSearch: backtracking() } }),
  'backtracking, options': () => ({
    named: { lineSearch: { name: 'backtracking', condition: 'wolfe', grow: 3 }, maxEvaluations: 20 },
    valued: { lineSearch: backtracking({ condition: 'wolfe', grow: 3 }), maxEvaluations: 20 },
  }),
}

const starts = ({ start }: { start: Float64Array }): readonly Vector[] => [start, new Float32Array(start)]

describe.each(Object.entries(pairs))('%s', (_name, pairFor) => {
  it.each(problems)('takes the steps of the solver by names, in every driver: $name', async (problem) => {
    for (const x0 of starts(problem)) {
      const { named, valued } = pairFor(x0.length, x0 instanceof Float32Array)
      const whole = traced<Vector>(problem.evaluate)
      const wanted = byName.minimize(whole.objective, x0, named)

      const slim = traced<Vector>(problem.evaluate)
      const result = minimize(slim.objective, x0, valued)
      expect(slim.trace).toEqual(whole.trace)
      expect(outcome(result)).toEqual(outcome(wanted))
      expect(result.state).toEqual(wanted.state)

      const later = traced<Vector>(problem.evaluate)
      const awaited = await minimizeAsync(async (x, gradient) => later.objective(x, gradient), x0, valued)
      expect(later.trace).toEqual(whole.trace)
      expect(outcome(awaited)).toEqual(outcome(wanted))

      const walked = traced<Vector>(problem.evaluate)
      const iterator = iterate(walked.objective, x0, valued)
      let next = iterator.next()
      while (!next.done) next = iterator.next()
      expect(walked.trace).toEqual(whole.trace)
      expect(outcome(next.value)).toEqual(outcome(wanted))
    }
  })

  it.each(problems)('goes on from the states of the solver by names, and the other way: $name', (problem) => {
    for (const x0 of starts(problem)) {
      const { named, valued } = pairFor(x0.length, x0 instanceof Float32Array)
      const whole = traced<Vector>(problem.evaluate)
      const wanted = byName.minimize(whole.objective, x0, named)

      const broken = traced<Vector>(problem.evaluate)
      let solver: byName.Solver<Vector> = createSolver(x0, valued)
      for (let evaluation = 0; solver.status === 'running'; evaluation++) {
        solver.tell(broken.objective(solver.ask(), solver.gradient))
        const state: byName.SavedSolver = JSON.parse(JSON.stringify(solver.save()))
        if (solver.status !== 'running') break
        solver =
          evaluation % 2 === 0
            ? byName.createSolver(x0, { ...named, state })
            : createSolver(x0, { ...valued, state })
      }
      expect(broken.trace).toEqual(whole.trace)
      expect(outcome(solver.result())).toEqual(outcome(wanted))
    }
  })
})

describe('a search that is a value', () => {
  const [{ start, evaluate }] = problems

  it('serves several solvers at a time', () => {
    const options = { lineSearch: hagerZhang(), memory: 3 }
    const alone = traced(evaluate)
    minimize(alone.objective, start, options)
    const traces = [1, 2].map(() => traced(evaluate))
    const solvers = traces.map(({ objective }) => ({ objective, solver: createSolver(start, options) }))
    while (solvers.some(({ solver }) => solver.status === 'running')) {
      for (const { objective, solver } of solvers) {
        solver.tell(objective(solver.ask(), solver.gradient))
      }
    }
    for (const { trace } of traces) expect(trace).toEqual(alone.trace)
  })

  it('may be passed to the solver by names, which knows its name', () => {
    const valued = byName.minimize(evaluate, start, { lineSearch: strongWolfe() })
    const named = byName.minimize(evaluate, start, { lineSearch: 'strong-wolfe' })
    expect(outcome(valued)).toEqual(outcome(named))
    expect(valued.state).toEqual(named.state)
  })

  it("may be one's own, which is used itself", () => {
    const inner = moreThuente()
    const counted = { trials: 0 }
    const lineSearch: byValue.LineSearch = {
      get step() {
        return inner.step
      },
      start: inner.start,
      tell(value, slope) {
        counted.trials++
        return inner.tell(value, slope)
      },
      save: inner.save,
      restore: inner.restore,
    }
    const result = minimize(evaluate, start, { lineSearch })
    expect(outcome(result)).toEqual(outcome(minimize(evaluate, start)))
    expect(counted.trials).toBe(result.evaluations - 1)
    expect(result.state.lineSearch).toBe('own')
  })

  it('may be another one with something of your own about it', () => {
    const inner = moreThuente()
    let trials = 0
    const tell: byValue.LineSearch['tell'] = (value, slope) => {
      trials++
      return inner.tell(value, slope)
    }
    const step = { get: () => inner.step }
    for (const wrapped of [{ ...inner }, Object.create(inner) as byValue.LineSearch]) {
      for (const minimizer of [minimize, byName.minimize]) {
        trials = 0
        const lineSearch = Object.defineProperties(wrapped, { step, tell: { value: tell } })
        const result = minimizer(evaluate, start, { lineSearch })
        expect(trials).toBe(result.evaluations - 1)
      }
    }
  })

  it('keeps its parameters, whatever becomes of the object that they came in', () => {
    const parameters = { c2: 0.9 }
    const lineSearch = moreThuente(parameters)
    const before = outcome(minimize(evaluate, start, { lineSearch }))
    parameters.c2 = 5
    expect(outcome(minimize(evaluate, start, { lineSearch }))).toEqual(before)
  })
})

describe('misuse', () => {
  const x0 = new Float64Array(2)
  const f = () => 0

  it.each([
    // @ts-expect-error: a name
    [() => minimize(f, x0, { lineSearch: 'hager-zhang' }), 'lineSearch must be a search: moreThuente(), '],
    // @ts-expect-error: a name
    [() => minimize(f, x0, { lineSearch: 'hager-zhang' }), 'got hager-zhang'],
    // @ts-expect-error: a name with options
    [() => minimize(f, x0, { lineSearch: { name: 'backtracking' } }), 'got backtracking'],
    // @ts-expect-error: not called
    [() => minimize(f, x0, { lineSearch: moreThuente }), 'got moreThuente'],
    // @ts-expect-error: bounds
    [() => minimize(f, x0, { bounds: { lower: 0 } }), 'bounds needs @thalweg/lbfgs'],
    // @ts-expect-error: an L1 penalty
    [() => createSolver(x0, { l1: { strength: 1 } }), 'l1 needs @thalweg/lbfgs'],
    // @ts-expect-error: no typed array
    [() => minimize(f, [1, 2]), 'x0 must be a Float64Array or a Float32Array'],
  ])('%s', (call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })

  it('is refused by minimizeAsync as a promise', async () => {
    // @ts-expect-error: bounds
    await expect(minimizeAsync(f, x0, { bounds: { lower: 0 } })).rejects.toThrow(TypeError)
  })

  it('a state of a box or of an orthant is refused', () => {
    const { state } = byName.minimize(f, x0, { bounds: { lower: 0 } })
    expect(() => createSolver(x0, { state })).toThrow('state: method must be free')
  })
})
