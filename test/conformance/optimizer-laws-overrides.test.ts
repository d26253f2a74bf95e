import type { Optimizer, OptimizerState, Vector } from '@thalweg/optimizers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allCases, chains, type LawCase, registered, variants } from './optimizer-laws-cases.ts'
import { courseOf, numbers, type Problem, problems, relay, shaped } from './optimizer-laws-paths.ts'

const formulas = [...registered, ...variants]

/** Hyper-parameters that this optimizer may change in a step. */
function changeable({ make, changeable: names }: LawCase): readonly string[] {
  const { hyperparameters } = make()
  return names.filter((name) => hyperparameters[name] !== 0)
}

describe('an override is the step of an optimizer made so, for that step alone', () => {
  it.each(formulas)('$name', (each) => {
    const names = changeable(each)
    const own = each.make()
    expect(names).toContain('learningRate')
    fc.assert(
      fc.property(problems, fc.constantFrom(...names), fc.nat(), (problem, name, choice) => {
        const when = choice % problem.steps
        const value = Number(own.hyperparameters[name]) / 2
        const other = each.make({ [name]: value })
        const overridden = courseOf(own, problem, {
          overrides: (step) => (step === when ? { [name]: value } : undefined),
        })
        expect(overridden).toEqual(relay(problem, (step) => (step === when ? other : own)))
      }),
      { numRuns: 8 },
    )
  })
})

interface Refusal {
  readonly overrides: Readonly<Record<string, number>>
  readonly error: typeof TypeError | typeof RangeError
}

const refusals: readonly Refusal[] = [
  { overrides: { noSuchThing: 1 }, error: TypeError },
  { overrides: { learningRate: -1 }, error: RangeError },
  { overrides: { learningRate: Number.NaN }, error: RangeError },
  { overrides: { learningRate: Number.POSITIVE_INFINITY }, error: RangeError },
  { overrides: { learningRate: 0.5, noSuchThing: 1 }, error: TypeError },
]

describe('a refused step changes neither parameters nor state', () => {
  const problem: Problem = { length: 6, precision: 'f64', seed: 11, steps: 6 }
  const gradient = numbers(problem, 0)

  /** What a step threw; the steps around it are checked to come out as without it. */
  function refused(
    optimizer: Optimizer,
    act: (parameters: Vector, state: OptimizerState) => void,
  ): unknown[] {
    const errors: unknown[] = []
    const path = courseOf(optimizer, problem, {
      after(_step, state, parameters) {
        const before = [Array.from(parameters), JSON.stringify(optimizer.save(state))]
        try {
          act(parameters, state)
        } catch (error) {
          errors.push(error)
          expect([Array.from(parameters), JSON.stringify(optimizer.save(state))]).toEqual(before)
          return state
        }
        // A micro-step that is not the last of its group takes no overrides: it is an ordinary one.
        return optimizer.restore(JSON.parse(before[1] as string), undo(parameters, before[0]), shaped(6))
      },
    })
    expect(path).toEqual(courseOf(optimizer, problem))
    return errors
  }

  function undo(parameters: Vector, values: string | readonly number[]): Vector {
    if (typeof values !== 'string') parameters.set(values)
    return parameters
  }

  it.each(allCases)('$name', ({ make }) => {
    const optimizer = make()
    for (const { overrides, error } of refusals) {
      const errors = refused(optimizer, (parameters, state) => {
        optimizer.step(parameters, gradient, state, overrides)
      })
      expect(errors.length).toBeGreaterThan(0)
      expect(errors.every((each) => each instanceof error)).toBe(true)
    }
    const misfits = refused(optimizer, (parameters, state) => {
      optimizer.step(parameters, gradient.slice(1), state)
    })
    expect(misfits.map(String)).toEqual(
      Array.from({ length: 6 }, () =>
        expect.stringMatching(/gradient parameters must be f64 \[6\], got f64 \[5\]/),
      ),
    )
  })

  it('the chains too have a rate to override', () => {
    expect(chains.every(({ make }) => make().hyperparameters.learningRate !== undefined)).toBe(true)
  })
})
