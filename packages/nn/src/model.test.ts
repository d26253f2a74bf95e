import { createPlan, createWorkspace } from '@thalweg/kernels'
import { finiteDifference, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { createModel, dense, initialize, type Layer, mlp, relu } from './index.ts'

const rows = 7

function setUp(layers: readonly Layer[], precision: 'f32' | 'f64' = 'f64') {
  const model = createModel(layers, { input: [5], precision })
  const workspace = createWorkspace({ bytes: model.weightBytes + model.batchBytes(rows) + 64 })
  const weights = model.weights(workspace)
  const batch = model.batch(workspace, rows)
  weights.parameters.set(sequence(model.parameterCount, 1).map((value) => 0.8 * value))
  batch.features.set(sequence(rows * 5, 2))
  batch.labels.set([0, 1, 2, 1, 0, 2, 2])
  return { model, workspace, weights, batch }
}

describe.each([
  ['dense', [dense(3)]],
  ['dense, relu, dense', [dense(6), relu(), dense(3)]],
  ['relu first', [relu(), dense(3)]],
  ['two relus', [dense(4), relu(), relu(), dense(3)]],
  ['mlp 9-8', mlp([9, 8], 3)],
] as const)('%s', (_name, layers) => {
  it.each([rows, 1, 4])('has the gradient of finite differences, %d rows', (count) => {
    const { model, workspace, weights, batch } = setUp(layers)
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, count)
    const forward = plan.compile()
    model.planBackward(plan, weights, batch, count)
    const both = plan.compile()
    both()
    const gradient = Float64Array.from(weights.gradient)
    const numeric = finiteDifference(() => {
      forward()
      return batch.result[0]
    }, weights.parameters as Float64Array)
    gradient.forEach((value, index) => {
      expect(Math.abs(value - numeric[index])).toBeLessThan(1e-9)
    })
    expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true)
  })

  it('f32 equals f64 to 1e-6', () => {
    const results = (['f32', 'f64'] as const).map((precision) => {
      const { model, workspace, weights, batch } = setUp(layers, precision)
      const plan = createPlan(workspace)
      model.planForward(plan, weights, batch, rows)
      model.planBackward(plan, weights, batch, rows)
      plan.compile()()
      return [batch.result[0], ...weights.gradient]
    })
    results[0].forEach((value, index) => {
      expect(Math.abs(value - results[1][index])).toBeLessThan(1e-6)
    })
  })
})

describe('model', () => {
  it('computes a tiny network as by hand', () => {
    const model = createModel([dense(2)], { input: [2], precision: 'f64' })
    const workspace = createWorkspace({ bytes: model.weightBytes + model.batchBytes(1) + 64 })
    const weights = model.weights(workspace)
    const batch = model.batch(workspace, 1)
    weights.tensors['dense1.weight'].set([1, 2, 3, 4])
    weights.tensors['dense1.bias'].set([0.5, -0.5])
    batch.features.set([1, -1])
    batch.labels[0] = 1
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, 1)
    model.planBackward(plan, weights, batch, 1)
    plan.compile()()
    // logits = [1 - 3 + 0.5, 2 - 4 - 0.5] = [-1.5, -2.5]; p1 = 1 / (1 + e); loss = ln(1 + e).
    const p1 = 1 / (1 + Math.E)
    expect(batch.result[0]).toBeCloseTo(Math.log(1 + Math.E), 14)
    expect(batch.result[1]).toBe(0)
    expect(batch.predictions[1]).toBeCloseTo(p1, 15)
    const g = 1 - p1
    const expected = [g, -g, -g, g, g, -g]
    expect(Array.from(weights.gradient, (value, index) => value - expected[index])).toEqual(
      expected.map(() => expect.closeTo(0, 14)),
    )
  })

  it('takes exactly the memory it says, and none per step', () => {
    const { model, workspace, weights, batch } = setUp(mlp([20, 20], 3), 'f32')
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, rows)
    model.planBackward(plan, weights, batch, rows)
    const run = plan.compile()
    for (let step = 0; step < 1000; step++) run()
    const { bytesUsed } = workspace
    const before = process.memoryUsage().heapUsed
    for (let step = 0; step < 50_000; step++) run()
    // A single object per step would take at least 16 bytes.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000 * 16)
    expect(workspace.bytesUsed).toBe(bytesUsed)
    expect(workspace.bytesUsed).toBe(model.weightBytes + model.batchBytes(rows) + 64)
  })

  it('names its tensors in order', () => {
    const model = createModel(mlp([4], 3), { input: [2], precision: 'f32' })
    expect(model.tensors.map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
      ['dense1.weight', [2, 4], 0],
      ['dense1.bias', [4], 8],
      ['dense2.weight', [4, 3], 12],
      ['dense2.bias', [3], 24],
    ])
  })

  it('starts he weights at sqrt(2 / inputs) times what is drawn, biases at 0', () => {
    const { model, weights } = setUp([dense(3)])
    initialize(model, weights, { name: 'he' }, () => 1)
    expect([...weights.tensors['dense1.weight']]).toEqual(Array.from({ length: 15 }, () => Math.sqrt(2 / 5)))
    expect([...weights.tensors['dense1.bias']]).toEqual([0, 0, 0])
  })

  it('starts normal weights at scale times what is drawn', () => {
    const { model, weights } = setUp([dense(3)])
    initialize(model, weights, { name: 'normal', scale: 0.25 }, () => 2)
    expect([...weights.tensors['dense1.weight']]).toEqual(Array.from({ length: 15 }, () => 0.5))
  })

  it('refuses a batch of another workspace, and a model that trains nothing', () => {
    const { model, weights, batch } = setUp([dense(3)])
    const elsewhere = createPlan(createWorkspace({ bytes: 1 << 16 }))
    expect(() => model.planForward(elsewhere, weights, batch, 1)).toThrow("must lie in the plan's workspace")
    const options = { input: [2], precision: 'f32' } as const
    expect(() => createModel([], options)).toThrow('model: no layer has anything to train')
    expect(() => createModel([relu()], options)).toThrow('model: no layer has anything to train')
  })

  it('refuses more rows than the batch has', () => {
    const { model, workspace, weights, batch } = setUp([dense(3)])
    expect(() => model.planForward(createPlan(workspace), weights, batch, 8)).toThrow(
      'model: rows must be a whole number in [1, 7], got 8',
    )
  })
})
