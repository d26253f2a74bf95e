import { createPlan, createWorkspace } from '@thalweg/kernels'
import { describe, expect, it } from 'vitest'
import { relu } from './activations.ts'
import { conv2d } from './conv2d.ts'
import { dense } from './dense.ts'
import { flatten } from './flatten.ts'
import { createModel } from './model.ts'

describe('flatten', () => {
  it('makes one row of an image, where it lies', () => {
    const laid = flatten().lay([2, 3, 4])
    expect(laid.outputShape).toEqual([24])
    expect(laid.inPlace).toBe(true)
  })

  it.each([
    ['in place', [conv2d({ filters: 2, kernel: 2 })]],
    // The convolution reads its output again, which therefore must stay.
    ['in an array of its own', [conv2d({ filters: 2, kernel: 2 }), relu()]],
  ])('changes no number, %s', (_name, before) => {
    const results = [[], [flatten()]].map((between) => {
      const model = createModel([...before, ...between, dense(3)], { input: [3, 4, 2], precision: 'f64' })
      const workspace = createWorkspace({ bytes: model.weightBytes + model.batchBytes(2) + 64 })
      const [weights, batch] = [model.weights(workspace), model.batch(workspace, 2)]
      weights.parameters.set(Float64Array.from(weights.parameters, (_, index) => Math.sin(index)))
      batch.features.set(Float64Array.from(batch.features, (_, index) => Math.cos(3 * index)))
      const plan = createPlan(workspace)
      model.planForward(plan, weights, batch, 2)
      model.planBackward(plan, weights, batch, 2)
      plan.compile()()
      expect(batch.result[0]).toBeGreaterThan(0)
      return [batch.result[0], ...weights.gradient]
    })
    expect(results[1]).toEqual(results[0])
  })
})
