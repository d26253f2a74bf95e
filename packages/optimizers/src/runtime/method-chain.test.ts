import { sequence } from '@thalweg/testing'
import { expect, it } from 'vitest'
import { chain, clipByGlobalNorm, emaOfWeights, muon } from '../index.ts'

const shapes = { matrix: [3, 4] }
const start = () => ({ matrix: sequence(12, 1), bias: sequence(2, 2) })
const gradientAt = (step: number) => ({ matrix: sequence(12, step + 10), bias: sequence(2, step + 20) })

/** Gradients by the textbook: PyTorch's clip_grad_norm_. */
function clipped(step: number, maxNorm: number) {
  const { matrix, bias } = gradientAt(step)
  const norm = Math.hypot(...matrix, ...bias)
  const factor = Math.min(1, maxNorm / (norm + 1e-6))
  return { matrix: matrix.map((each) => each * factor), bias: bias.map((each) => each * factor) }
}

it('gives muon the clipped gradient, and averages its weights', () => {
  const [chained, plain] = [
    chain(clipByGlobalNorm(0.5), muon({ learningRate: 0.1 }), emaOfWeights(0.9)),
    muon({ learningRate: 0.1 }),
  ]
  const [w, expected] = [start(), start()]
  const [state, plainState] = [chained.init(w, { shapes }), plain.init(expected, { shapes })]
  let average = new Float64Array(12)
  for (let step = 0; step < 6; step++) {
    const overrides = { learningRate: 0.1 / (step + 1) }
    expect(chained.step(w, gradientAt(step), state, overrides)).toEqual({ applied: true })
    plain.step(expected, clipped(step, 0.5), plainState, overrides)
    average = average.map((each, index) => {
      return step === 0 ? expected.matrix[index] : 0.9 * each + 0.1 * expected.matrix[index]
    })
  }
  for (const name of ['matrix', 'bias'] as const) {
    w[name].forEach((value, index) => {
      expect(value).toBeCloseTo(expected[name][index], 12)
    })
  }
  const evaluated = chained.evaluationParameters(state)
  expect(evaluated).toMatchObject({ matrix: { length: 12 } })
  if (evaluated === undefined || ArrayBuffer.isView(evaluated)) throw new Error('no named tensors')
  evaluated.matrix.forEach((value, index) => {
    expect(value).toBeCloseTo(average[index], 12)
  })
})

it('goes on from JSON to the same bits', () => {
  const optimizer = chain(clipByGlobalNorm(0.5), muon(), emaOfWeights(0.9))
  const w = start()
  const state = optimizer.init(w, { shapes })
  for (let step = 0; step < 3; step++) optimizer.step(w, gradientAt(step), state)
  const again = structuredClone(w)
  const restored = optimizer.restore(JSON.parse(JSON.stringify(optimizer.save(state))), again)
  for (let step = 3; step < 6; step++) {
    optimizer.step(w, gradientAt(step), state)
    optimizer.step(again, gradientAt(step), restored)
  }
  expect(again).toEqual(w)
  expect(restored.step).toBe(6)
})

it("refuses an override that no part knows, and another chain's state", () => {
  const optimizer = chain(clipByGlobalNorm(1), muon())
  const w = start()
  const state = optimizer.init(w, { shapes })
  expect(() => optimizer.step(w, gradientAt(0), state, { beta1: 0.5 })).toThrow(
    'muon: no step can change "beta1"',
  )
  expect(() => optimizer.step(w, gradientAt(0), muon().init(w, { shapes }))).toThrow('the state is of muon')
  expect(w).toEqual(start())
})
