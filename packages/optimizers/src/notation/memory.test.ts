import { allocate, createPlan, createWorkspace } from '@thalweg/kernels'
import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { defineRule, type Optimizer } from '../index.ts'
import type { Vector } from '../runtime/tensors.ts'

function make(rule: string): Optimizer {
  const hyperparameters = { learningRate: 0.1, momentum: 0.9 }
  return defineRule({ name: 'rule', source: 'a test', hyperparameters, ranges: {}, rule })()
}

function filled<V extends Vector>(vector: V, values: Float64Array): V {
  vector.set(values)
  return vector
}

const rules = [
  ['a norm', 'w -= lr * g / (norm(g) + 0.1)'],
  ['w written early', 'w -= lr * g\nw -= lr * w / norm(w)'],
  ['a state written early', 'v = momentum * v + g\nw -= lr * v * norm(w) / norm(v)'],
  ['sums of sums', 'u = g - mean(g)\nv = momentum * v + u / norm(u)\nw -= lr * v * dot(u, w) / norm(v - w)'],
  ['a number that sums feed', 'n = 1\nn = momentum * n + norm(g)\nw -= lr * g / n'],
  ['a global norm', 'w -= lr * g * min(1, 1 / globalNorm(g))'],
] as const

describe.each(rules)('%s', (_name, rule) => {
  // Arrays from elsewhere are copied in parts of 16,384.
  it.each([
    ['f32', 16_383],
    ['f32', 16_384],
    ['f32', 16_385],
    ['f32', 40_001],
    ['f64', 16_383],
    ['f64', 16_384],
    ['f64', 16_387],
    ['f64', 33_000],
  ] as const)('%s [%d]: the same bits elsewhere, allocated, in a workspace, planned', (precision, length) => {
    const optimizer = make(rule)
    const workspace = createWorkspace({ bytes: 1 << 23 })
    const places: readonly ((values: Float64Array) => Vector)[] = [
      (values) => (precision === 'f32' ? Float32Array.from(values) : Float64Array.from(values)),
      (values) => filled(precision === 'f32' ? allocate(length, 'f32') : allocate(length, 'f64'), values),
      (values) => filled(workspace[precision](length), values),
    ]
    const short = (seed: number): Vector => workspace[precision](5).map((_, index) => index - seed / 8)
    const results = places.map((place) => {
      const w = { a: place(sequence(length, 1)), b: short(2) }
      const state = optimizer.init(w)
      for (let step = 0; step < 3; step++)
        optimizer.step(w, { a: place(sequence(length, 10 + step)), b: short(step) }, state)
      return [...w.a, ...w.b]
    })
    const [elsewhere, ...others] = results
    for (const other of [...others, planned()]) {
      expect(other.findIndex((value, index) => !Object.is(value, elsewhere[index]))).toBe(-1)
    }

    function planned(): number[] {
      const inWorkspace = (values: Vector): Vector => {
        const vector = workspace[precision](values.length)
        vector.set(values)
        return vector
      }
      const w = { a: inWorkspace(sequence(length, 1)), b: inWorkspace(short(2)) }
      const gradient = { a: workspace[precision](length), b: workspace[precision](5) }
      const plan = createPlan(workspace)
      const prepare = optimizer.plan(plan, w, gradient, optimizer.init(w))
      const run = plan.compile()
      for (let step = 0; step < 3; step++) {
        gradient.a.set(sequence(length, 10 + step))
        gradient.b.set(short(step))
        prepare()
        run()
      }
      return [...w.a, ...w.b]
    }
  })
})

describe('sums at the edges', () => {
  it('a norm of f32 whose squares are none', () => {
    for (const size of [1e30, 1e-30]) {
      const w = Float32Array.of(0, 0, 0, 0, 0)
      const optimizer = make('w = g / norm(g) + dot(g, g) / norm(g)**2')
      optimizer.step(w, Float32Array.of(3 * size, 0, 0, 0, -4 * size), optimizer.init(w))
      expect([...w]).toEqual([1.6, 1, 1, 1, 0.2].map((value) => expect.closeTo(value, 6)))
    }
  })

  it('a global norm over f32 and f64, in whichever order', () => {
    const optimizer = make('w = g / globalNorm(g)')
    const single = { w: Float32Array.of(0, 0), g: Float32Array.of(1, 2) }
    const double = { w: Float64Array.of(0, 0, 0), g: Float64Array.of(2, 4, 0) }
    for (const pairs of [
      { a: single, b: double, c: single },
      { a: double, b: single, c: double },
    ]) {
      const w = Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, pair.w.slice()]))
      const g = Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, pair.g]))
      optimizer.step(w, g, optimizer.init(w))
      const norm = Math.hypot(...Object.values(g).flatMap((each) => [...each]))
      for (const [name, { g: gradient }] of Object.entries(pairs)) {
        expect([...w[name]]).toEqual([...gradient].map((value) => expect.closeTo(value / norm, 6)))
      }
    }
  })

  it('a tensor without elements leaves the others alone', () => {
    const optimizer = make('n = 0\nn = mean(g) + sum(g)\nw -= g * n / globalNorm(g)')
    const w = { a: Float64Array.of(1, 2), b: Float64Array.of() }
    const state = optimizer.init(w)
    optimizer.step(w, { a: Float64Array.of(3, 4), b: Float64Array.of() }, state)
    expect([...w.a]).toEqual(
      [1 - (3 * 10.5) / 5, 2 - (4 * 10.5) / 5].map((value) => expect.closeTo(value, 12)),
    )
    // A mean over nothing is 0 / 0.
    expect(state.tensors.b.scalars.n[0]).toBeNaN()
    expect(state.tensors.a.scalars.n[0]).toBe(10.5)
  })

  it('a gradient that is not finite is no error', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const optimizer = make('v = momentum * v + g / norm(g)\nw -= lr * v')
      const w = Float32Array.of(1, 2)
      optimizer.step(w, Float32Array.of(bad, 1), optimizer.init(w))
      expect(w[0]).toBeNaN()
    }
  })
})
