import { grouped, type Vector } from '@thalweg/optimizers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allCases, exemptFrom, type LawCase, subjectsOf } from './optimizer-laws-cases.ts'
import {
  courseOf,
  numbers,
  type Problem,
  problems,
  relay,
  same,
  startOf,
  vectorOf,
} from './optimizer-laws-paths.ts'

/** Checks a property on drawn problems; a failure prints its seed. */
function check(law: (problem: Problem, choice: number) => void, numRuns = 8): void {
  fc.assert(fc.property(problems, fc.nat(), law), { numRuns })
}

describe('saved at any step, through JSON, restored: goes on to the same bits', () => {
  it.each(allCases)('$name', ({ make }) => {
    check((problem, choice) => {
      const [first, second] = [make(), make()]
      const path = relay(problem, (step) => (step < choice % problem.steps ? first : second))
      expect(path).toEqual(courseOf(first, problem))
    })
  })
})

describe('two runs are the same bits, and no gradient is changed', () => {
  it.each(allCases)('$name', ({ make }) => {
    check((problem) => {
      const gradients = Array.from({ length: problem.steps }, (_, step) => numbers(problem, step))
      const gradientAt = (step: number): Vector => gradients[step]
      const path = courseOf(make(), problem, { gradientAt })
      expect(courseOf(make(), problem, { gradientAt })).toEqual(path)
      for (const [step, gradient] of gradients.entries()) expect(gradient).toEqual(numbers(problem, step))
    })
  })
})

/** Steps named tensors and gives what they come to, one after the other. */
function namedCourse(
  { make }: LawCase,
  tensors: Readonly<Record<string, Vector>>,
  gradientAt: (step: number) => Readonly<Record<string, Vector>>,
  steps: number,
): Readonly<Record<string, Vector>> {
  const optimizer = make()
  const shapes = Object.fromEntries(
    Object.entries(tensors)
      .filter(([, { length }]) => length > 0)
      .map(([name, { length }]) => [name, [2, length / 2]]),
  )
  const state = optimizer.init(tensors, { shapes })
  for (let step = 0; step < steps; step++) optimizer.step(tensors, gradientAt(step), state)
  return tensors
}

/** Cuts an array where a number says: parts of even lengths. */
function cut(values: Vector, choice: number): Readonly<Record<'a' | 'b', Vector>> {
  const at = 2 * (choice % (values.length / 2 + 1))
  return { a: values.slice(0, at), b: values.slice(at) }
}

describe('stepping parts is stepping the whole', () => {
  const stepParts = (each: LawCase): void => {
    check((problem, choice) => {
      const parts = namedCourse(
        each,
        cut(startOf(problem), choice),
        (step) => cut(numbers(problem, step), choice),
        problem.steps,
      )
      same([...parts.a, ...parts.b], courseOf(each.make(), problem).subarray(0, problem.length))
    })
  }
  it.each(subjectsOf('parts'))('$name', (each) => {
    expect(each.make().perTensor).toBe(false)
    stepParts(each)
  })
  it.each(exemptFrom('parts'))('not $name: $reason', (each) => {
    expect(each.make().perTensor).toBe(true)
  })
})

describe('a tensor without numbers is in nobody’s way', () => {
  it.each(allCases)('$name', (each) => {
    check((problem) => {
      const empty = vectorOf(problem.precision, [])
      const { full } = namedCourse(
        each,
        { empty, full: startOf(problem) },
        (step) => ({ empty, full: numbers(problem, step) }),
        problem.steps,
      )
      expect(empty.length).toBe(0)
      same(full, courseOf(each.make(), problem).subarray(0, problem.length))
    })
  })
})

describe('tensors of both precisions step together as each does alone', () => {
  const alone = allCases.filter(({ name }) => !name.startsWith('clipByGlobalNorm'))
  it.each(alone)('$name', (each) => {
    check((problem) => {
      const one: Problem = { ...problem, precision: 'f32' }
      const other: Problem = { ...problem, precision: 'f64', seed: problem.seed + 1 }
      const { single, double } = namedCourse(
        each,
        { single: startOf(one), double: startOf(other) },
        (step) => ({ single: numbers(one, step), double: numbers(other, step) }),
        problem.steps,
      )
      same(single, courseOf(each.make(), one).subarray(0, problem.length))
      same(double, courseOf(each.make(), other).subarray(0, problem.length))
    })
  })
})

describe('a frozen tensor stays, needs no gradient, and changes nothing for the others', () => {
  it.each(subjectsOf('frozen'))('$name', ({ make }) => {
    check((problem) => {
      const optimizer = grouped(make(), [{ tensors: ['still'], frozen: true }])
      const still = numbers(problem, 5)
      const parameters = { still: still.slice(), moving: startOf(problem) }
      const state = optimizer.init(parameters, { shapes: { moving: [2, problem.length / 2] } })
      for (let step = 0; step < problem.steps; step++) {
        optimizer.step(parameters, { moving: numbers(problem, step) }, state)
      }
      expect(parameters.still).toEqual(still)
      expect(Object.keys(optimizer.save(state).tensors)).toEqual(['moving'])
      same(parameters.moving, courseOf(make(), problem).subarray(0, problem.length))
    })
  })
  it.each(exemptFrom('frozen').filter(({ reason }) => !reason.includes('norm')))(
    'not $name: $reason',
    ({ make }) => {
      const groups = [{ tensors: ['still'], frozen: true }]
      expect(() => grouped(make(), groups)).toThrow('is no rule, and takes no groups')
    },
  )
})
