import { describe, expect, it } from 'vitest'
import {
  adam,
  chain,
  coupledWeightDecay,
  decoupledWeightDecay,
  emaOfWeights,
  fullyDecoupledWeightDecay,
  lookahead,
  momentum,
  type Optimizer,
  type Overrides,
  rmsprop,
  scheduleFreeSgd,
  sgd,
  signum,
} from '../index.ts'

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12))

/** Where w is after each step from 1. */
function path(optimizer: Optimizer, gradients: readonly number[], overrides: readonly Overrides[] = []) {
  const w = Float64Array.of(1)
  const state = optimizer.init(w)
  const weights: number[] = []
  const evaluated: number[] = []
  for (const [step, gradient] of gradients.entries()) {
    optimizer.step(w, Float64Array.of(gradient), state, overrides[step])
    weights.push(w[0])
    const evaluation = optimizer.evaluationParameters(state)
    if (evaluation instanceof Float64Array) evaluated.push(evaluation[0])
  }
  return { weights, evaluated }
}

const rates = [0.1, 0.05, 0].map((learningRate) => ({ learningRate }))

describe('weight decay', () => {
  it('coupled: part of the gradient, which momentum gathers', () => {
    const optimizer = chain(coupledWeightDecay(0.1), momentum({ learningRate: 0.1, momentum: 0.9 }))
    // v = -0.1 (0.1 + 0.1) = -0.02; then 0.9 v - 0.1 (-0.2 + 0.098) = -0.0078.
    expect(path(optimizer, [0.1, -0.2]).weights).toEqual(near([0.98, 0.9722]))
  })

  it('decoupled: beside the step, by the rate, of w before the step', () => {
    const optimizer = chain(momentum({ learningRate: 0.1, momentum: 0.9 }), decoupledWeightDecay(0.1))
    // v = -0.01, 0.011 of the gradients alone; decay 0.01 w.
    expect(path(optimizer, [0.1, -0.2]).weights).toEqual(near([0.98, 0.98 + 0.011 - 0.0098]))
  })

  it('decoupled: follows the scheduled rate itself', () => {
    const optimizer = chain(sgd({ learningRate: 0.1 }), decoupledWeightDecay(0.5))
    // w (1 - 0.05), w (1 - 0.025), w.
    expect(path(optimizer, [0, 0, 0], rates).weights).toEqual(near([0.95, 0.92625, 0.92625]))
  })

  it.each([0.1, 0.01])('fully decoupled: follows the factor of the schedule alone, at rate %d', (rate) => {
    const optimizer = chain(sgd({ learningRate: rate }), fullyDecoupledWeightDecay(0.5))
    const factors = [1, 0.5, 0].map((factor) => ({ learningRate: rate * factor }))
    // w (1 - 0.5), w (1 - 0.25), w.
    expect(path(optimizer, [0, 0, 0], factors).weights).toEqual(near([0.5, 0.375, 0.375]))
  })

  it('can itself be scheduled', () => {
    const optimizer = chain(sgd({ learningRate: 0.1 }), decoupledWeightDecay(0.5))
    const overrides = [{ weightDecay: 0 }, { weightDecay: 1 }]
    expect(path(optimizer, [0, 0], overrides).weights).toEqual(near([1, 0.9]))
  })

  it('is refused below 0, and where the optimizer has one of its own', () => {
    expect(() => decoupledWeightDecay(-1)).toThrow(RangeError)
    expect(() => chain(sgd({ weightDecay: 0.1 }), decoupledWeightDecay(0.1))).toThrow(
      'sgd and decoupledWeightDecay both have a hyper-parameter "weightDecay"',
    )
  })
})

describe('lookahead', () => {
  it('by hand over two periods of 2', () => {
    const optimizer = chain(sgd({ learningRate: 1 }), lookahead({ period: 2, slowRate: 0.25 }))
    // From 1 to 0.5, to -0.5: slow 1 + 0.25 (-1.5) = 0.625. To 0.375, to 0.125: slow 0.625 + 0.25 (-0.5) = 0.5.
    const { weights, evaluated } = path(optimizer, [0.5, 1, 0.25, 0.25, 1])
    expect(weights).toEqual([0.5, 0.625, 0.375, 0.5, -0.5])
    expect(evaluated).toEqual([1, 0.625, 0.625, 0.5, 0.5])
  })

  it('with period 1 and rate 1 is not there', () => {
    const optimizer = chain(adam(), lookahead({ period: 1, slowRate: 1 }))
    const gradients = [0.1, -0.2, 0.3]
    expect(path(optimizer, gradients).weights).toEqual(near(path(adam(), gradients).weights))
  })

  it('lets the state of the optimizer go on: the velocity is not reset', () => {
    const optimizer = chain(
      momentum({ learningRate: 1, momentum: 0.5 }),
      lookahead({ period: 1, slowRate: 0.5 }),
    )
    // v = -1, -1.5: w = 1 + 0.5 v, then - 0.75.
    expect(path(optimizer, [1, 1]).weights).toEqual([0.5, -0.25])
  })

  it('goes on in the middle of a period after saving', () => {
    const optimizer = chain(sgd({ learningRate: 1 }), lookahead({ period: 3 }))
    const whole = path(optimizer, [0.5, 1, 0.25, 0.25]).weights
    const w = Float64Array.of(1)
    let state = optimizer.init(w)
    const halves = [0.5, 1, 0.25, 0.25].map((gradient) => {
      optimizer.step(w, Float64Array.of(gradient), state)
      state = optimizer.restore(JSON.parse(JSON.stringify(optimizer.save(state))), w)
      return w[0]
    })
    expect(halves).toEqual(whole)
  })
})

describe('emaOfWeights', () => {
  const gradients = [0.1, -0.2, 0.3, 0.4, -0.7]

  it('in closed form: d^(n-1) w_1 + (1 - d) sum d^(n-i) w_i', () => {
    const { weights, evaluated } = path(chain(sgd({ learningRate: 0.5 }), emaOfWeights(0.75)), gradients)
    const closed = weights.map((_, n) =>
      weights
        .slice(0, n + 1)
        .reduce((sum, w, i) => sum + (i === 0 ? 0.75 ** n : 0.25 * 0.75 ** (n - i)) * w, 0),
    )
    expect(evaluated).toEqual(near(closed))
    expect(weights).toEqual(path(sgd({ learningRate: 0.5 }), gradients).weights)
  })

  it('is what is evaluated whatever the optimizer calls its own average', () => {
    for (const optimizer of [rmsprop(), rmsprop({ centered: true }), signum(), scheduleFreeSgd()]) {
      const { weights, evaluated } = path(chain(optimizer, emaOfWeights(0.75)), gradients)
      let average = weights[0]
      const expected = weights.map((w, step) => {
        average = step === 0 ? w : 0.75 * average + 0.25 * w
        return average
      })
      expect(evaluated).toEqual(near(expected))
    }
  })

  it('gives named tensors by name, and refuses a decay of 1', () => {
    const optimizer = chain(sgd({ learningRate: 1 }), emaOfWeights())
    const w = { a: Float64Array.of(1), b: Float32Array.of(2) }
    const state = optimizer.init(w)
    optimizer.step(w, { a: Float64Array.of(0.5), b: Float32Array.of(0.5) }, state)
    expect(optimizer.evaluationParameters(state)).toEqual({
      a: Float64Array.of(0.5),
      b: Float32Array.of(1.5),
    })
    expect(() => emaOfWeights(1)).toThrow(RangeError)
  })
})
