import {
  adadelta,
  adam,
  adamw,
  chain,
  coupledWeightDecay,
  createOptimizer,
  decoupledWeightDecay,
  momentum,
  nesterov,
  type Optimizer,
  type OptimizerSpec,
  rmsprop,
  scheduleFreeSgd,
  sgd,
} from '@thalweg/optimizers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { courseOf, doubles, numbers, type Problem, same, shaped, startOf } from './optimizer-laws-paths.ts'

interface Identity {
  readonly name: string
  readonly one: Optimizer
  readonly other: Optimizer
  /** 0: the same bits. */
  readonly tolerance: number
  readonly rates?: 'scheduled'
}

const withDecay = { learningRate: 0.1, convention: 'torch', weightDecay: 0.1 } as const
/** Without the decay that stands before it in the chain. */
const bare = { learningRate: 0.1, convention: 'torch' } as const

/** The optimizers whose torch form couples the decay. */
const coupling: readonly OptimizerSpec[] = [
  { name: 'sgd', ...bare },
  { name: 'momentum', ...bare },
  { name: 'nesterov', ...bare },
  { name: 'adagrad', ...bare },
  { name: 'adadelta', ...bare },
  { name: 'rmsprop', ...bare },
  { name: 'adam', ...bare },
  { name: 'amsgrad', ...bare },
  { name: 'adamax', ...bare },
  { name: 'nadam', ...bare },
  { name: 'radam', ...bare },
  { name: 'asgd', ...bare },
]

const conventions = ['cs231n', 'torch', 'optax', 'keras'] as const
const rate = { learningRate: 0.1 }

const identities: readonly Identity[] = [
  ...conventions.flatMap((convention): Identity[] => [
    {
      name: `momentum 0 = sgd (${convention})`,
      one: momentum({ ...rate, convention, momentum: 0 }),
      other: sgd({ ...rate, convention }),
      tolerance: 0,
      rates: 'scheduled',
    },
    {
      name: `nesterov with momentum 0 = sgd (${convention})`,
      one: nesterov({ ...rate, convention, momentum: 0 }),
      other: sgd({ ...rate, convention }),
      tolerance: 1e-14,
      rates: 'scheduled',
    },
    {
      name: `momentum as in the notes = ${convention}, at a constant rate`,
      one: momentum(rate),
      other: momentum({ ...rate, convention }),
      tolerance: 1e-13,
    },
    {
      name: `nesterov as in the notes = ${convention}, at a constant rate`,
      one: nesterov(rate),
      other: nesterov({ ...rate, convention }),
      tolerance: 1e-13,
    },
    {
      name: `dampening = a smaller rate (${convention})`,
      one: momentum({ ...rate, convention: convention === 'torch' ? 'optax' : convention, dampening: 0.75 }),
      other: momentum({ learningRate: 0.025, convention }),
      tolerance: 1e-13,
    },
  ]),
  ...(['torch', 'optax', 'keras'] as const).map(
    (convention): Identity => ({
      name: `adamw without decay = adam (${convention})`,
      one: adamw({ ...rate, convention, weightDecay: 0 }),
      other: adam({ ...rate, convention }),
      // In all but Keras's form the decay stands in the step, which is multiplied by the rate afterwards.
      tolerance: convention === 'keras' ? 0 : 1e-14,
      rates: 'scheduled',
    }),
  ),
  {
    name: 'adam without correction and beta1 = rmsprop',
    one: adam({ ...rate, beta1: 0, beta2: 0.99, biasCorrection: false }),
    other: rmsprop({ ...rate, decay: 0.99 }),
    tolerance: 1e-14,
    rates: 'scheduled',
  },
  {
    name: 'chain(adam, decoupledWeightDecay) = adamw',
    one: chain(adam(rate), decoupledWeightDecay(0.1)),
    other: adamw({ ...rate, weightDecay: 0.1 }),
    tolerance: 1e-14,
    rates: 'scheduled',
  },
  ...coupling.map(
    (spec): Identity => ({
      name: `chain(coupledWeightDecay, ${spec.name}) = ${spec.name} with decay`,
      one: chain(coupledWeightDecay(0.1), createOptimizer(spec)),
      other: createOptimizer({ ...spec, ...withDecay } as OptimizerSpec),
      tolerance: 0,
      rates: 'scheduled',
    }),
  ),
]

describe('identities', () => {
  it.each(identities)('$name', ({ one, other, tolerance, rates }) => {
    const overrides = (step: number) =>
      rates === 'scheduled' ? { learningRate: 0.1 / (1 + step) } : undefined
    fc.assert(
      fc.property(doubles, (problem) => {
        same(courseOf(one, problem, { overrides }), courseOf(other, problem, { overrides }), tolerance)
      }),
      { numRuns: 20 },
    )
  })

  it('the forms of momentum part when the rate changes', () => {
    const problem: Problem = { length: 2, precision: 'f64', seed: 3, steps: 4 }
    const course = { overrides: (step: number) => ({ learningRate: step < 2 ? 0.1 : 0.01 }) }
    const [notes, torch] = [momentum(rate), momentum({ ...rate, convention: 'torch' })]
    const apart = courseOf(notes, problem, course)[0] - courseOf(torch, problem, course)[0]
    expect(Math.abs(apart)).toBeGreaterThan(1e-3)
  })
})

/** The states' vectors after steps. */
function vectorsAfter(optimizer: Optimizer, problem: Problem) {
  const parameters = startOf(problem)
  const state = optimizer.init(parameters, shaped(problem.length))
  for (let step = 0; step < problem.steps; step++) {
    optimizer.step(parameters, numbers(problem, step), state)
  }
  return state.tensors.parameters.vectors
}

describe('what states mean', () => {
  it("adadelta's average of updates does not know the rate", () => {
    fc.assert(
      fc.property(doubles, fc.double({ min: 1e-3, max: 10, noNaN: true }), (problem, learningRate) => {
        const [own, unit] = [adadelta({ learningRate }), adadelta()].map((each) =>
          vectorsAfter(each, problem),
        )
        expect(own.update_squared).toEqual(unit.update_squared)
        expect(own.update_squared.every((value) => value > 0)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it('schedule-free with momentum 0 trains as SGD and evaluates at the mean of its iterates', () => {
    fc.assert(
      fc.property(doubles, (problem) => {
        const sums = new Float64Array(problem.length)
        const iterates = courseOf(sgd(rate), problem, {
          after(_step, state, parameters) {
            for (const [index, value] of parameters.entries()) sums[index] += value
            return state
          },
        })
        const path = courseOf(scheduleFreeSgd({ ...rate, momentum: 0 }), problem)
        same(path.subarray(0, problem.length), iterates, 1e-14)
        same(
          path.subarray(problem.length),
          sums.map((sum) => sum / problem.steps),
          1e-14,
        )
      }),
      { numRuns: 20 },
    )
  })

  it('schedule-free with momentum 1 trains at the average itself', () => {
    fc.assert(
      fc.property(doubles, (problem) => {
        const path = courseOf(scheduleFreeSgd({ ...rate, momentum: 1 }), problem)
        same(path.subarray(0, problem.length), path.subarray(problem.length))
      }),
      { numRuns: 20 },
    )
  })
})
