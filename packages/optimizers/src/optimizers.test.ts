import { readFileSync } from 'node:fs'
import { createPlan, createWorkspace } from '@thalweg/kernels'
import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  adagrad,
  adam,
  createOptimizer,
  momentum,
  nesterov,
  type Optimizer,
  type OptimizerName,
  type OptimizerSpec,
  optimizerDefinitions,
  rmsprop,
  sgd,
} from './index.ts'
import { interpret, interpretedTensors } from './notation/interpret.ts'
import { parse } from './notation/parse.ts'

const names = Object.keys(optimizerDefinitions) as OptimizerName[]

// First-order trajectories from x = 1 with learning rate 0.1 and the gradients 0.1, -0.2, 0.3, 0.4, computed from the
// papers' equations in f64 by an independent program.
describe('golden trajectories', () => {
  const gradients = [0.1, -0.2, 0.3, 0.4]
  it.each([
    [momentum({ learningRate: 0.1, momentum: 0.9 }), [0.99, 1.001, 0.9809, 0.92281]],
    [nesterov({ learningRate: 0.1, momentum: 0.9 }), [0.981, 1.0109, 0.96281, 0.870529]],
    [adagrad({ learningRate: 0.1, epsilon: 1e-8 }), [0.90000001, 0.989442725, 0.909264355, 0.836234682]],
    [
      rmsprop({ learningRate: 0.1, decay: 0.9, epsilon: 1e-8 }),
      [0.683772334, 0.969486579, 0.710422721, 0.471671009],
    ],
    [
      rmsprop({ learningRate: 0.1, decay: 0.9, epsilon: 1e-2 }),
      [0.759746927, 1.009746927, 0.771276105, 0.545972297],
    ],
    [adam({ learningRate: 0.1 }), [0.90000001, 0.93661036, 0.902286254, 0.840632778]],
    [adam({ learningRate: 0.1, epsilon: 1e-3 }), [0.900990099, 0.937370397, 0.903204402, 0.841775138]],
    [sgd({ learningRate: 0.1 }), [0.99, 1.01, 0.98, 0.94]],
  ] as const)('case %#', (optimizer: Optimizer, expected: readonly number[]) => {
    const x = Float64Array.of(1)
    const state = optimizer.init(x)
    const path = gradients.map((gradient) => {
      expect(optimizer.step(x, Float64Array.of(gradient), state)).toEqual({ applied: true })
      return x[0]
    })
    // The published values have nine decimals.
    path.forEach((value, index) => {
      expect(Math.abs(value - expected[index])).toBeLessThan(6e-10)
    })
  })

  it('keeps the learning rate inside the velocity when it drops (cs231n form)', () => {
    const optimizer = momentum({ learningRate: 0.1, momentum: 0.9 })
    const x = Float64Array.of(1)
    const state = optimizer.init(x)
    const path = [0.1, 0.1, 0.01, 0.01, 0.01].map((learningRate) => {
      optimizer.step(x, Float64Array.of(1), state, { learningRate })
      return x[0]
    })
    const expected = [0.9, 0.71, 0.529, 0.3561, 0.19049]
    path.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index], 12)
    })
  })
})

interface UpdateRuleCase {
  readonly rule: string
  readonly hyperparameters: Readonly<Record<string, number>>
  readonly inputs: Readonly<Record<string, { readonly linspace: readonly [number, number] }>>
  readonly expected: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly relErrorOfACorrectFloat64Implementation: Readonly<Record<string, number>>
}

// The self-check arrays that the CS231n course publishes with its second assignment.
describe.skipIf(!process.env.THALWEG_DATA)("the course's published arrays", () => {
  const file = `${process.env.THALWEG_DATA}/cs231n-update-rules.json`
  const { cases } = process.env.THALWEG_DATA
    ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly UpdateRuleCase[] })
    : { cases: [] }

  const setUp = {
    sgd_momentum: { create: momentum, states: { velocity: 'velocity' } },
    rmsprop: { create: rmsprop, states: { cache: 'gradient_squared' } },
    adam: { create: adam, states: { m: 'first_moment', v: 'second_moment' } },
  } as const

  it.each(cases)('$rule', (published) => {
    const { create, states } = setUp[published.rule as keyof typeof setUp]
    const { decayRate, tBefore, tAfter: _tAfter, ...others } = published.hyperparameters
    const optimizer = create({ ...others, ...(decayRate === undefined ? {} : { decay: decayRate }) })
    const input = (key: string): Float64Array => {
      const [start, stop] = published.inputs[key].linspace
      return Float64Array.from({ length: 20 }, (_, index) => start + ((stop - start) * index) / 19)
    }
    const w = input('w')
    const state = optimizer.init(w)
    state.step = tBefore ?? 0
    const vectors = state.tensors.parameters.vectors
    for (const [key, name] of Object.entries(states)) vectors[name].set(input(key))
    optimizer.step(w, input('dw'), state)

    const results = {
      nextW: w,
      ...Object.fromEntries(Object.entries(states).map(([key, name]) => [key, vectors[name]])),
    }
    for (const [key, rows] of Object.entries(published.expected)) {
      const expected = rows.flat()
      const errors = Array.from(results[key as keyof typeof results], (value, index) => {
        return Math.abs(value - expected[index]) / Math.max(1e-8, Math.abs(value) + Math.abs(expected[index]))
      })
      // The arrays are printed to eight decimals; a correct f64 implementation shows exactly this error.
      expect(Math.max(...errors)).toBeCloseTo(published.relErrorOfACorrectFloat64Implementation[key], 12)
    }
  })
})

const rules = names.filter((name) => createOptimizer({ name }).plannable)

interface Form {
  readonly name: OptimizerName
  readonly convention: string | undefined
  readonly rule: string
  readonly defaults: Readonly<Record<string, number | boolean>>
}

/** Every form of every rule. */
const forms = rules.flatMap((name): Form[] => {
  const { conventions, rule, hyperparameters } = optimizerDefinitions[name]
  const defaults = Object.fromEntries(hyperparameters.map((each) => [each.name, each.default]))
  if (conventions.length === 0) return [{ name, convention: undefined, rule, defaults }]
  return conventions.map((form) => ({ ...form, name, convention: form.name }))
})

describe.each(forms)(
  '$name, form $convention: compiled = interpreted',
  ({ name, convention, rule, defaults }) => {
    const hyperparameters = Object.fromEntries(
      Object.entries(defaults).map(([key, value]) => [key, Number(value)]),
    )
    const optimizer = createOptimizer({
      name,
      ...(convention !== undefined && { convention }),
    } as OptimizerSpec)

    function interpretedPath(start: Float64Array, steps: number): Float64Array {
      const tensors = interpretedTensors([start])
      for (let step = 0; step < steps; step++) {
        interpret({ rule: parse(rule), hyperparameters }, tensors, [sequence(start.length, step)], step + 1)
      }
      const w = tensors[0].names.get('w')
      if (!(w instanceof Float64Array)) throw new Error('w is a number')
      return w
    }

    // The lengths of SIMD bodies and tails, and of parts of foreign arrays.
    it.each([0, 1, 2, 3, 4, 5, 7, 8, 15, 67, 16_387])('f64, length %d, to 1e-13', (length) => {
      const x = sequence(length, 99)
      const expected = interpretedPath(x, 3)
      const state = optimizer.init(x)
      for (let step = 0; step < 3; step++) optimizer.step(x, sequence(length, step), state)
      const far = x.findIndex((value, index) => {
        return Math.abs(value - expected[index]) > 1e-13 * Math.max(1, Math.abs(expected[index]))
      })
      expect(far, far === -1 ? '' : `${x[far]} for ${expected[far]}`).toBe(-1)
    })

    it('f32, length 1000, to 3e-6', () => {
      const start = sequence(1000, 99)
      const expected = interpretedPath(start, 20)
      const x = Float32Array.from(start)
      const state = optimizer.init(x)
      for (let step = 0; step < 20; step++) optimizer.step(x, Float32Array.from(sequence(1000, step)), state)
      x.forEach((value, index) => {
        expect(Math.abs(value - expected[index])).toBeLessThan(3e-6 * Math.max(1, Math.abs(expected[index])))
      })
    })
  },
)

describe.each(rules)('%s', (name) => {
  const optimizer = createOptimizer({ name })

  it('in a workspace, staged and planned: the same bits; guards beside the arrays stay', () => {
    const length = 1003
    const start = Float32Array.from(sequence(length, 5))
    const workspace = createWorkspace({ bytes: 1 << 18 })
    const [before, direct, after, gradient] = [
      workspace.f32(16),
      workspace.f32(length),
      workspace.f32(16),
      workspace.f32(length),
    ]
    const planned = workspace.f32(length)
    before.fill(7)
    after.fill(7)
    direct.set(start)
    planned.set(start)
    const staged = Float32Array.from(start)
    const states = {
      direct: optimizer.init(direct),
      staged: optimizer.init(staged),
      planned: optimizer.init(planned),
    }
    const plan = createPlan(workspace)
    const prepare = optimizer.plan(plan, planned, gradient, states.planned)
    const run = plan.compile()
    for (let step = 0; step < 5; step++) {
      gradient.set(Float32Array.from(sequence(length, step)))
      optimizer.step(direct, gradient, states.direct)
      optimizer.step(staged, Float32Array.from(gradient), states.staged)
      prepare()
      run()
    }
    expect(staged).toEqual(Float32Array.from(direct))
    expect(Float32Array.from(planned)).toEqual(staged)
    expect([...before, ...after].every((value) => value === 7)).toBe(true)
  })

  it('saved, through JSON, restored: goes on to the same bits', () => {
    const start = sequence(50, 3)
    const whole = Float64Array.from(start)
    const halves = Float64Array.from(start)
    const uninterrupted = optimizer.init(whole)
    let state = optimizer.init(halves)
    for (let step = 0; step < 10; step++) {
      optimizer.step(whole, sequence(50, step), uninterrupted)
      optimizer.step(halves, sequence(50, step), state)
      if (step === 4) state = optimizer.restore(JSON.parse(JSON.stringify(optimizer.save(state))), halves)
    }
    expect(halves).toEqual(whole)
    expect(state.step).toBe(10)
  })
})

describe('misuse', () => {
  const x = Float32Array.of(1, 2)
  const overlapping = Float32Array.of(1, 2, 3)
  it.each([
    ['a rate of 0', () => sgd({ learningRate: 0 }), RangeError, 'sgd: learningRate must be in (0, ∞), got 0'],
    ['beta2 of 1.2', () => adam({ beta2: 1.2 }), RangeError, 'adam: beta2 must be in [0, 1), got 1.2'],
    ['NaN', () => rmsprop({ decay: Number.NaN }), RangeError, 'rmsprop: decay must be in [0, 1), got NaN'],
    [
      'an unknown hyper-parameter',
      () => createOptimizer({ name: 'sgd', ...{ beta1: 0.9 } }),
      TypeError,
      'sgd: unknown hyper-parameter "beta1"; there are: learningRate, weightDecay',
    ],
    [
      'an unknown name',
      () => createOptimizer({ name: 'adm' as 'adam' }),
      TypeError,
      'unknown optimizer "adm"; there are: sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam,',
    ],
    [
      'another length',
      () => sgd().step(x, Float32Array.of(1), sgd().init(x)),
      TypeError,
      'sgd: gradient parameters must be f32 [2], got f32 [1]',
    ],
    [
      'another precision',
      () => sgd().step(x, Float64Array.of(1, 2), sgd().init(x)),
      TypeError,
      'sgd: gradient parameters must be f32 [2], got f64 [2]',
    ],
    [
      'a gradient that overlaps its parameters',
      () => {
        const [w, g] = [overlapping.subarray(1, 3), overlapping.subarray(0, 2)]
        sgd().step(w, g, sgd().init(w))
      },
      TypeError,
      'sgd: parameters and its gradient share a part of their memory',
    ],
    [
      'state of other parameters',
      () => momentum().step(x, x, momentum().init(Float32Array.of(1))),
      TypeError,
      'momentum: the state of parameters is for 1 numbers, got 2',
    ],
    [
      'an override out of range',
      () => sgd().step(x, x, sgd().init(x), { learningRate: -1 }),
      RangeError,
      'sgd: learningRate must be in (0, ∞), got -1',
    ],
    [
      "another optimizer's state",
      () => adam().restore(sgd().save(sgd().init(x)), x),
      TypeError,
      'adam: the saved state is of sgd',
    ],
    [
      'state without a tensor',
      () => momentum().restore(momentum().save(momentum().init({ a: x })), { a: x, b: x }),
      TypeError,
      'momentum: saved state without b.velocity',
    ],
  ])('%s', (_name, act, type, message) => {
    expect(act).toThrow(type)
    expect(act).toThrow(message)
    expect([...x]).toEqual([1, 2])
  })

  it('an override holds for its step alone', () => {
    const optimizer = momentum({ learningRate: 0.1, momentum: 0.5 })
    const [w, g] = [Float64Array.of(0), Float64Array.of(1)]
    const state = optimizer.init(w)
    const path = [{ learningRate: 1, momentum: 0.9 }, undefined, { momentum: 0 }, undefined].map(
      (overrides) => {
        optimizer.step(w, g, state, overrides)
        return w[0]
      },
    )
    // Velocities: -1, 0.5 (-1) - 0.1, 0 - 0.1, 0.5 (-0.1) - 0.1.
    const expected = [-1, -1.6, -1.7, -1.85]
    expect(path).toEqual(expected.map((value) => expect.closeTo(value, 12)))
  })

  it('a schedule that ends at 0 stops the movement', () => {
    const w = Float32Array.of(1)
    sgd().step(w, Float32Array.of(1), sgd().init(w), { learningRate: 0 })
    expect([...w]).toEqual([1])
  })
})

it('named tensors step as one flat array does', () => {
  const optimizer = adam()
  const flat = Float64Array.of(1, 2, 3)
  const tensors = { a: Float64Array.of(1), b: Float64Array.of(2, 3) }
  const [flatState, state] = [optimizer.init(flat), optimizer.init(tensors)]
  for (let t = 0; t < 3; t++) {
    optimizer.step(flat, Float64Array.of(t, 1, -t), flatState)
    optimizer.step(tensors, { a: Float64Array.of(t), b: Float64Array.of(1, -t) }, state)
  }
  expect([...tensors.a, ...tensors.b]).toEqual([...flat])
})
