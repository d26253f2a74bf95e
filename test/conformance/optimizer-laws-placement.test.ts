import { createPlan, createWorkspace, type Workspace } from '@thalweg/kernels'
import { allocate, type Optimizer, type Vector } from '@thalweg/optimizers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exemptFrom, subjectsOf } from './optimizer-laws-cases.ts'
import { numbers, type Problem, shaped, startOf } from './optimizer-laws-paths.ts'

/** Foreign arrays are copied in parts of 16384 numbers: lengths below, at and above it, in rows of two. */
const length = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 8190, max: 8194 }) },
  { weight: 1, arbitrary: fc.integer({ min: 16_380, max: 20_000 }) },
)

const placed: fc.Arbitrary<Problem> = fc.record({
  length: length.map((half) => 2 * half),
  precision: fc.constantFrom('f32', 'f64'),
  seed: fc.integer({ min: 1, max: 1 << 30 }),
  steps: fc.integer({ min: 1, max: 3 }),
})

interface Place {
  readonly parameters: Vector
  readonly gradient: Vector
}

/** Steps with both arrays where they lie; what they hold besides must stay. */
function stepsAt(optimizer: Optimizer, problem: Problem, { parameters, gradient }: Place): Vector {
  parameters.set(startOf(problem))
  const state = optimizer.init(parameters, shaped(problem.length))
  for (let step = 0; step < problem.steps; step++) {
    gradient.set(numbers(problem, step))
    optimizer.step(parameters, gradient, state)
  }
  return parameters.slice()
}

function plannedSteps(optimizer: Optimizer, problem: Problem, workspace: Workspace): Vector {
  const { length: size, precision } = problem
  const [parameters, gradient] = [workspace[precision](size), workspace[precision](size)]
  parameters.set(startOf(problem))
  const state = optimizer.init(parameters, shaped(size))
  const plan = createPlan(workspace)
  const prepare = optimizer.plan(plan, parameters, gradient, state)
  const run = plan.compile()
  for (let step = 0; step < problem.steps; step++) {
    gradient.set(numbers(problem, step))
    prepare()
    run()
  }
  expect(state.step).toBe(problem.steps)
  return parameters.slice()
}

/** Arrays that begin in the middle of a vector, with guards on both sides. */
function unaligned(
  { length: size, precision }: Problem,
  offset: number,
): Place & { readonly guards: Vector } {
  const room = 2 * size + 24
  const all = precision === 'f32' ? allocate(room) : allocate(room, 'f64')
  all.fill(7)
  const second = offset + size + 8
  return {
    guards: all,
    parameters: all.subarray(offset, offset + size),
    gradient: all.subarray(second, second + size),
  }
}

// One workspace for all: its kernels are emitted once.
const shared = createWorkspace({ bytes: 1 << 29 })

describe('arrays of any place, and planned steps, come to the same bits', () => {
  it.each(subjectsOf('plan'))('$name', ({ make }) => {
    const optimizer = make()
    fc.assert(
      fc.property(placed, fc.integer({ min: 1, max: 7 }), (problem, offset) => {
        const { length: size, precision } = problem
        const array = (): Vector => (precision === 'f32' ? new Float32Array(size) : new Float64Array(size))
        const near = (): Vector => (precision === 'f32' ? allocate(size) : allocate(size, 'f64'))
        const foreign = stepsAt(optimizer, problem, { parameters: array(), gradient: array() })
        const inside = stepsAt(optimizer, problem, { parameters: near(), gradient: near() })
        const mixed = stepsAt(optimizer, problem, { parameters: near(), gradient: array() })
        const { guards, ...between } = unaligned(problem, offset)
        const shifted = stepsAt(optimizer, problem, between)
        expect(inside).toEqual(foreign)
        expect(mixed).toEqual(foreign)
        expect(shifted).toEqual(foreign)
        between.parameters.fill(7)
        between.gradient.fill(7)
        expect(guards.every((value) => value === 7)).toBe(true)
        expect(plannedSteps(optimizer, problem, shared)).toEqual(foreign)
      }),
      { numRuns: 4 },
    )
  })

  it.each(exemptFrom('plan'))('not $name: $reason', ({ make }) => {
    const optimizer = make()
    expect(optimizer.plannable).toBe(false)
    const parameters = shared.f64(2)
    const state = optimizer.init(parameters, shaped(2))
    expect(() => optimizer.plan(createPlan(shared), parameters, parameters, state)).toThrow(TypeError)
  })
})
