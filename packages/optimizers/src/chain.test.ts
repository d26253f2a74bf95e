import { createPlan, createWorkspace } from '@thalweg/kernels'
import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  accumulate,
  adam,
  adamw,
  addNoise,
  centralize,
  chain,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  coupledWeightDecay,
  decoupledWeightDecay,
  emaOfWeights,
  grouped,
  lookahead,
  muon,
  type Optimizer,
  rmsprop,
  sgd,
  signum,
} from './index.ts'

describe('what a chain refuses', () => {
  it.each([
    ['no optimizer', () => chain(clipByValue(1)), 'chain(clipByValue): one optimizer is needed, got 0'],
    ['nothing at all', () => chain(), 'chain(): one optimizer is needed, got 0'],
    ['two', () => chain(sgd(), adam()), 'chain(sgd, adam): one optimizer is needed, got 2'],
    [
      'a gradient transform after the optimizer',
      () => chain(sgd(), clipByValue(1)),
      'chain(sgd, clipByValue): clipByValue changes the gradient, and must stand before the optimizer',
    ],
    [
      'a weight transform before it',
      () => chain(lookahead(), sgd()),
      'chain(lookahead, sgd): lookahead changes the weights, and must stand after the optimizer',
    ],
    [
      'decay beside muon, which has its own',
      () => chain(muon(), decoupledWeightDecay(0.1)),
      'decoupledWeightDecay needs an optimizer with a hyper-parameter "learningRate"',
    ],
    [
      'a wrapper',
      () => chain(clipByValue(1), accumulate(sgd(), { steps: 2 })),
      'accumulate(sgd) takes a whole chain inside: accumulate(chain(...))',
    ],
    [
      'two clips of one kind',
      () => chain(clipByValue(1), clipByValue(2), sgd()),
      'clipByValue and clipByValue both have a hyper-parameter "limit"',
    ],
    [
      'two decays',
      () => chain(coupledWeightDecay(0.1), sgd(), decoupledWeightDecay(0.1)),
      'coupledWeightDecay and decoupledWeightDecay both have a hyper-parameter "weightDecay"',
    ],
    [
      "a decay beside the optimizer's own",
      () => chain(adamw(), decoupledWeightDecay(0.1)),
      'adamw and decoupledWeightDecay both have a hyper-parameter "weightDecay"',
    ],
  ])('%s', (_name, act, message) => {
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
  })
})

/** Where an optimizer comes to in some steps. */
function pathOf(optimizer: Optimizer, length = 37, steps = 4): Float64Array {
  const w = sequence(length, 9)
  const state = optimizer.init(w)
  for (let step = 0; step < steps; step++) optimizer.step(w, sequence(length, step), state)
  return w
}

describe('a chain', () => {
  it('has the hyper-parameters of all its parts in one table, each to be overridden', () => {
    const optimizer = chain(clipByValue(0.5), sgd({ learningRate: 1 }), decoupledWeightDecay(0.1))
    expect(optimizer.hyperparameters).toEqual({ limit: 0.5, learningRate: 1, weightDecay: 0.1 })
    const w = Float64Array.of(10)
    optimizer.step(w, Float64Array.of(3), optimizer.init(w), { limit: 2, weightDecay: 0.25 })
    expect(w[0]).toBe(10 - 2 - 2.5)
    expect(() => optimizer.step(w, w, optimizer.init(w), { limit: 0 })).toThrow(
      'chain(clipByValue, sgd, decoupledWeightDecay): limit must be in (0, ∞), got 0',
    )
  })

  it('of one optimizer is that optimizer', () => {
    expect(pathOf(chain(adam()))).toEqual(pathOf(adam()))
  })

  it('may have a chain in it', () => {
    const flat = chain(clipByValue(0.5), adam(), decoupledWeightDecay(0.1))
    const nested = chain(clipByValue(0.5), chain(adam(), decoupledWeightDecay(0.1)))
    expect(pathOf(nested)).toEqual(pathOf(flat))
  })

  it('applies gradient transforms in their order', () => {
    // Mean 2 of (1, 3), then (-1, 1); the other way (1, 2), then (-0.5, 0.5).
    const after = (optimizer: Optimizer): number[] => {
      const w = new Float64Array(4)
      const state = optimizer.init(w, { shapes: { parameters: [2, 2] } })
      optimizer.step(w, Float64Array.of(1, 3, 0, 0), state)
      return [-w[0], -w[1]]
    }
    const [clip, unit] = [clipByValue(2), sgd({ learningRate: 1 })]
    expect(after(chain(centralize(), clip, unit))).toEqual([-1, 1])
    expect(after(chain(clip, centralize(), unit))).toEqual([-0.5, 0.5])
  })

  it('keeps the groups of its optimizer', () => {
    const groups = [{ tensors: ['still'], frozen: true }]
    const inside = chain(clipByGlobalNorm(1), grouped(sgd({ learningRate: 1 }), groups))
    const outside = grouped(chain(clipByGlobalNorm(1), sgd({ learningRate: 1 })), groups)
    for (const optimizer of [inside, outside]) {
      const w = { still: Float64Array.of(1), moving: Float64Array.of(1) }
      optimizer.step(w, { still: Float64Array.of(100), moving: Float64Array.of(0.5) }, optimizer.init(w))
      // A frozen gradient is no part of the norm.
      expect([w.still[0], w.moving[0]]).toEqual([1, 0.5])
    }
  })

  it('refuses the state of another chain, and of its own optimizer', () => {
    const [one, other] = [chain(clipByValue(1), adam()), chain(adam(), lookahead())]
    const w = new Float64Array(1)
    expect(() => one.step(w, w, other.init(w))).toThrow('the state is of chain(adam, lookahead)')
    expect(() => one.step(w, w, adam().init(w))).toThrow('the state is of adam')
    expect(() => one.restore(adam().save(adam().init(w)), w)).toThrow('the saved state is of adam')
  })

  it('tells states of one name apart: both averages are saved and come back', () => {
    const optimizer = chain(signum(), emaOfWeights(0.5))
    const w = Float64Array.of(1)
    const state = optimizer.init(w)
    optimizer.step(w, Float64Array.of(1), state)
    const { vectors } = optimizer.restore(JSON.parse(JSON.stringify(optimizer.save(state))), w).tensors
      .parameters
    expect(vectors.average[0]).toBeCloseTo(0.1, 15)
    expect(vectors['emaOfWeights.average'][0]).toBe(w[0])
  })
})

describe.each([
  ['clipped by the global norm', () => chain(clipByGlobalNorm(0.5), adam())],
  [
    'by norms, rows and periods',
    () => chain(centralize(), clipByNorm(0.5), rmsprop(), lookahead({ period: 2 })),
  ],
  ['averaged', () => chain(clipByValue(0.5), adam(), decoupledWeightDecay(0.1), emaOfWeights())],
  ['noisy', () => chain(addNoise({ normal: counted() }), sgd())],
])('%s', (_name, make) => {
  it('planned over three tensors: the same bits as stepped', () => {
    const workspace = createWorkspace({ bytes: 1 << 18 })
    const tensors = () => ({ a: workspace.f32(70), b: workspace.f32(0), c: workspace.f64(33) })
    const [planned, stepped, gradient] = [tensors(), tensors(), tensors()]
    for (const w of [planned, stepped]) {
      w.a.set(sequence(70, 1))
      w.c.set(sequence(33, 2))
    }
    const shapes = { a: [7, 10] }
    const [first, second] = [make(), make()]
    const states = [first.init(planned, { shapes }), second.init(stepped, { shapes })]
    const plan = createPlan(workspace)
    const prepare = first.plan(plan, planned, gradient, states[0])
    const run = plan.compile()
    for (let step = 0; step < 5; step++) {
      gradient.a.set(sequence(70, 10 + step))
      gradient.c.set(sequence(33, 20 + step))
      const overrides = { learningRate: 0.1 / (1 + step) }
      prepare(overrides)
      run()
      second.step(stepped, gradient, states[1], overrides)
    }
    expect(planned).toEqual(stepped)
    expect(JSON.stringify(first.save(states[0]))).toBe(JSON.stringify(second.save(states[1])))
  })
})

function counted(): () => number {
  let count = 0
  return () => Math.sin(++count)
}

it.each([
  ['one pass', () => chain(clipByValue(0.5), adam({ learningRate: 0.01 })), []],
  ['one pass, cut', () => chain(clipByValue(0.5), adam({ learningRate: 0.01 })), [3, 1100, 5000]],
  ['several passes', () => chain(clipByGlobalNorm(0.1), adam({ learningRate: 0.01 })), [700]],
])('planned in parts for three threads: the same bits as stepped, %s', (_name, create, cuts) => {
  const workspace = createWorkspace({ bytes: 1 << 18 })
  const [planned, stepped, gradient] = [1, 1, 2].map((seed) => {
    const array = workspace.f32(1500)
    array.set(sequence(1500, seed))
    return array
  })
  const [first, second] = [create(), create()]
  const states = [first.init(planned), second.init(stepped)]
  const plans = [1, 2, 3].map(() => createPlan(workspace))
  const prepare = first.plan(plans, planned, gradient, states[0], { cuts })
  const runs = plans.map((plan) => plan.compile())
  for (let step = 0; step < 5; step++) {
    prepare()
    for (const run of runs) run()
    second.step(stepped, gradient, states[1])
  }
  expect(planned).toEqual(stepped)
})
