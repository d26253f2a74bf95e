import type { InitOptions, Optimizer, OptimizerState, Overrides, Vector } from '@thalweg/optimizers'
import * as fc from 'fast-check'

/** A training problem: how many numbers, of which precision, from where, for how many steps. */
export interface Problem {
  readonly length: number
  readonly precision: 'f32' | 'f64'
  readonly seed: number
  readonly steps: number
}

/** Lengths that are even: matrices of two rows. */
export const problems: fc.Arbitrary<Problem> = fc.record({
  length: fc.integer({ min: 1, max: 24 }).map((half) => 2 * half),
  precision: fc.constantFrom('f32', 'f64'),
  seed: fc.integer({ min: 1, max: 1 << 30 }),
  steps: fc.integer({ min: 1, max: 12 }),
})

export const doubles: fc.Arbitrary<Problem> = problems.map((problem) => ({ ...problem, precision: 'f64' }))

/** Two rows, for what works on rows or matrices. */
export function shaped(length: number): InitOptions {
  return { shapes: { parameters: [2, length / 2] } }
}

export function vectorOf(precision: 'f32' | 'f64', values: ArrayLike<number>): Vector {
  return precision === 'f32' ? Float32Array.from(values) : Float64Array.from(values)
}

/** Numbers in (-1, 1) and none near 0, by a linear congruence: the same ones for a seed. */
export function numbers({ length, precision, seed }: Problem, step: number): Vector {
  let state = (seed + Math.imul(step + 1, 7_919)) | 0
  const values = Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    const value = state / 2 ** 31
    return value + 0.01 * Math.sign(value)
  })
  return vectorOf(precision, values)
}

export function startOf(problem: Problem): Vector {
  return numbers(problem, 1000)
}

interface Course {
  readonly start?: Vector
  readonly gradientAt?: (step: number) => Vector
  readonly overrides?: (step: number) => Overrides | undefined
  /** Exchanges the state after a step. */
  readonly after?: (step: number, state: OptimizerState, parameters: Vector) => OptimizerState
}

/** Where an optimizer comes to: the parameters, then those to evaluate where they are others. */
export function courseOf(optimizer: Optimizer, problem: Problem, course: Course = {}): Float64Array {
  const { gradientAt = (step: number) => numbers(problem, step), after = (_step, state) => state } = course
  const parameters = (course.start ?? startOf(problem)).slice()
  let state = optimizer.init(parameters, shaped(problem.length))
  for (let step = 0; step < problem.steps; step++) {
    optimizer.step(parameters, gradientAt(step), state, course.overrides?.(step))
    state = after(step, state, parameters)
  }
  return whereabouts(optimizer, state, parameters)
}

/**
 * Where one optimizer after the other comes to, by the one that stands in at each step; the first, at step -1, begins.
 * States go over as JSON, so that nothing but what is saved can count.
 */
export function relay(problem: Problem, at: (step: number) => Optimizer): Float64Array {
  const parameters = startOf(problem)
  const options = shaped(problem.length)
  let optimizer = at(-1)
  let state = optimizer.init(parameters, options)
  for (let step = 0; step < problem.steps; step++) {
    const next = at(step)
    if (next !== optimizer) {
      state = next.restore(JSON.parse(JSON.stringify(optimizer.save(state))), parameters, options)
    }
    optimizer = next
    optimizer.step(parameters, numbers(problem, step), state)
  }
  return whereabouts(optimizer, state, parameters)
}

function whereabouts(optimizer: Optimizer, state: OptimizerState, parameters: Vector): Float64Array {
  const evaluation = optimizer.evaluationParameters(state)
  const flat = evaluation === undefined ? [] : vectorsOf(evaluation).flatMap((each) => [...each])
  return Float64Array.of(...parameters, ...flat)
}

function vectorsOf(parameters: Vector | Readonly<Record<string, Vector>>): readonly Vector[] {
  return parameters instanceof Float32Array || parameters instanceof Float64Array
    ? [parameters]
    : Object.values(parameters)
}

/** Throws where two results are not the same numbers: bit for bit but for the sign of 0, or within a tolerance. */
export function same(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 0): void {
  if (got.length !== expected.length) throw new Error(`${got.length} numbers for ${expected.length}`)
  for (let index = 0; index < got.length; index++) {
    const [a, b] = [got[index], expected[index]]
    const near = Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))
    if (!(a === b || near || (Number.isNaN(a) && Number.isNaN(b)))) {
      throw new Error(`at ${index}: ${a} for ${b}`)
    }
  }
}
