import { createPlan, createWorkspace } from '@thalweg/kernels'
import { finiteDifference, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { createModel, dense, layerNorm, planL2, relu, residual } from './index.ts'

function setUp(precision: 'f32' | 'f64', strength: number) {
  const layers = [dense(6), layerNorm(), residual([relu(), dense(6)]), dense(3)]
  const model = createModel(layers, { input: [5], precision })
  const workspace = createWorkspace({ bytes: 1 << 17 })
  const weights = model.weights(workspace)
  const penalty = workspace.f64(1)
  weights.parameters.set(sequence(model.parameterCount, 4))
  const plan = createPlan(workspace)
  planL2(plan, model, weights, strength, penalty)
  return { model, weights, penalty, run: plan.compile() }
}

describe.each(['f32', 'f64'] as const)('%s', (precision) => {
  it('is half the strength times the sum of squared weights, without biases, scales and shifts', () => {
    const { weights, penalty, run } = setUp(precision, 0.2)
    const names = Object.keys(weights.tensors).filter((name) => name.endsWith('weight'))
    expect(names.length).toBe(3)
    run()
    run()
    const squares = names.flatMap((name) => Array.from(weights.tensors[name], (w) => w * w))
    expect(penalty[0]).toBeCloseTo(0.1 * squares.reduce((sum, square) => sum + square, 0), 13)
  })
})

it('adds its own gradient to what is there', () => {
  const { weights, penalty, run } = setUp('f64', 0.3)
  const before = sequence(weights.gradient.length, 9)
  weights.gradient.set(before)
  run()
  const added = weights.gradient.map((value, index) => value - before[index])
  const numeric = finiteDifference(() => {
    run()
    return penalty[0]
  }, weights.parameters as Float64Array)
  numeric.forEach((value, index) => {
    expect(Math.abs(added[index] - value)).toBeLessThan(1e-9)
  })
  expect(added.some((value) => Math.abs(value) > 0.1)).toBe(true)
})

it('refuses a strength out of range', () => {
  expect(() => setUp('f64', -1)).toThrow(new RangeError('l2: strength must be in [0, ∞), got -1'))
})
