import { sequence } from '@thalweg/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  adaptiveClip,
  chain,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  sgd,
  type Transform,
} from '../index.ts'

/** What a transform makes of a gradient: SGD of rate 1 from w subtracts it. */
function clipped(
  transform: Transform,
  gradient: readonly number[],
  { w = gradient.map(() => 0), shape }: { w?: readonly number[]; shape?: readonly number[] } = {},
): number[] {
  const optimizer = chain(transform, sgd({ learningRate: 1 }))
  const parameters = Float64Array.from(w)
  const state = optimizer.init(parameters, shape && { shapes: { parameters: shape } })
  optimizer.step(parameters, Float64Array.from(gradient), state)
  return Array.from(parameters, (value, index) => w[index] - value)
}

const near = (values: readonly number[], digits = 12) => values.map((value) => expect.closeTo(value, digits))

describe('clipByValue', () => {
  it('keeps what lies within the limit, and the sign of the rest', () => {
    expect(clipped(clipByValue(0.5), [0.4, -0.5, 0.6, -7])).toEqual([0.4, -0.5, 0.5, -0.5])
    const infinities = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]
    expect(clipped(clipByValue(0.5), infinities)).toEqual([0.5, -0.5, Number.NaN])
  })
})

describe('clipByNorm', () => {
  it('shortens (3, 4) of norm 5 to norm 1, and leaves a shorter one', () => {
    expect(clipped(clipByNorm(1), [3, 4])).toEqual(near([0.6, 0.8]))
    expect(clipped(clipByNorm(5), [3, 4])).toEqual([3, 4])
    expect(clipped(clipByNorm(1), [0, 0])).toEqual([0, 0])
  })

  it('looks at each tensor by itself', () => {
    const optimizer = chain(clipByNorm(1), sgd({ learningRate: 1 }))
    const w = { a: new Float64Array(2), b: new Float64Array(1) }
    optimizer.step(w, { a: Float64Array.of(3, 4), b: Float64Array.of(0.5) }, optimizer.init(w))
    expect([...w.a, ...w.b]).toEqual(near([-0.6, -0.8, -0.5]))
  })
})

describe('clipByGlobalNorm', () => {
  // torch.nn.utils.clip_grad_norm_: coefficient = max_norm / (norm + 1e-6), at most 1.
  it('is the formula of PyTorch, its 1e-6 included', () => {
    const coefficient = 1 / (5 + 1e-6)
    expect(clipped(clipByGlobalNorm(1), [3, 4])).toEqual(near([3 * coefficient, 4 * coefficient], 15))
    // A norm of exactly the limit is shortened, by 1e-6 / 5.
    expect(clipped(clipByGlobalNorm(5), [3, 4])[0]).toBeCloseTo(3 - (3 * 1e-6) / 5, 12)
    expect(clipped(clipByGlobalNorm(5, { epsilon: 0 }), [3, 4])).toEqual([3, 4])
    expect(clipped(clipByGlobalNorm(1), [0, 0])).toEqual([0, 0])
    expect(clipped(clipByGlobalNorm(1, { epsilon: 0 }), [0, 0])).toEqual([0, 0])
  })

  it('takes the norm over all tensors, of both precisions: 13 of (3, 4) and 12', () => {
    const optimizer = chain(clipByGlobalNorm(6.5, { epsilon: 0 }), sgd({ learningRate: 1 }))
    const w = { a: new Float64Array(2), none: new Float32Array(0), b: new Float32Array(1) }
    const gradient = { a: Float64Array.of(3, 4), none: new Float32Array(0), b: Float32Array.of(12) }
    optimizer.step(w, gradient, optimizer.init(w))
    expect([...w.a, ...w.b]).toEqual([-1.5, -2, -6])
  })

  it('never lets the norm above the limit, whatever the tensors', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 4 })
    const limit = fc.double({ min: 1e-3, max: 20, noNaN: true })
    fc.assert(
      fc.property(lengths, limit, fc.nat(1000), (sizes, maxNorm, seed) => {
        const optimizer = chain(clipByGlobalNorm(maxNorm), sgd({ learningRate: 1 }))
        const names = sizes.map((size, index) => [`t${index}`, size] as const)
        const w = Object.fromEntries(names.map(([name, size]) => [name, new Float64Array(size)]))
        const g = Object.fromEntries(names.map(([name, size], at) => [name, sequence(size, seed + at)]))
        const before = Math.hypot(...Object.values(g).flatMap((each) => [...each]))
        optimizer.step(w, g, optimizer.init(w))
        const after = Math.hypot(...Object.values(w).flatMap((each) => [...each]))
        expect(after).toBeCloseTo(before * Math.min(1, maxNorm / (before + 1e-6)), 12)
      }),
    )
  })

  it('makes everything NaN for a NaN; for an infinity 0, and NaN where it stands', () => {
    expect(clipped(clipByGlobalNorm(1), [Number.NaN, 1])).toEqual([Number.NaN, Number.NaN])
    expect(clipped(clipByGlobalNorm(1), [Number.POSITIVE_INFINITY, 1])).toEqual([Number.NaN, 0])
  })

  it('does not overflow where squares of f32 would', () => {
    const optimizer = chain(clipByGlobalNorm(1), sgd({ learningRate: 1 }))
    const w = new Float32Array(2)
    optimizer.step(w, Float32Array.of(3e30, 4e30), optimizer.init(w))
    expect([...w]).toEqual(near([-0.6, -0.8], 6))
  })
})

describe('adaptiveClip', () => {
  it('limits each row to its share of the norm of its weights', () => {
    // Rows (3, 4) and (0.6, 0.8) of norms 5 and 1; gradients of norm 10 and 0.05; limits 0.5 and 0.1.
    const w = [3, 4, 0.6, 0.8]
    const result = clipped(adaptiveClip({ clipping: 0.1 }), [6, 8, 0.03, 0.04], { w, shape: [2, 2] })
    expect(result).toEqual(near([0.3, 0.4, 0.03, 0.04]))
  })

  it('takes a tensor without a shape as one unit', () => {
    // Norm of w sqrt(26), of the gradient sqrt(100.0025).
    const w = [3, 4, 0.6, 0.8]
    const gradient = [6, 8, 0.03, 0.04]
    const factor = (0.1 * Math.sqrt(26)) / Math.sqrt(100.0025)
    const result = clipped(adaptiveClip({ clipping: 0.1 }), gradient, { w })
    expect(result).toEqual(near(gradient.map((value) => value * factor)))
  })

  it('counts weights near 0 as of the smallest norm', () => {
    const result = clipped(adaptiveClip({ clipping: 0.1, smallestNorm: 0.5 }), [3, 4], { w: [0, 0] })
    // 0.1 x 0.5 / 5 of (3, 4).
    expect(result).toEqual(near([0.03, 0.04]))
    expect(clipped(adaptiveClip(), [0, 0])).toEqual([0, 0])
  })

  it('takes a tensor of more dimensions as rows of its first: [2, 1, 2]', () => {
    const w = [3, 4, 0.6, 0.8]
    const result = clipped(adaptiveClip({ clipping: 0.1 }), [6, 8, 6, 8], { w, shape: [2, 1, 2] })
    expect(result).toEqual(near([0.3, 0.4, 0.06, 0.08]))
  })
})

it('limits must be above 0', () => {
  expect(() => clipByValue(0)).toThrow('clipByValue: limit must be in (0, ∞), got 0')
  expect(() => clipByNorm(-1)).toThrow('clipByNorm: maxNorm must be in (0, ∞), got -1')
  expect(() => clipByGlobalNorm(Number.NaN)).toThrow(
    'clipByGlobalNorm: maxGlobalNorm must be in (0, ∞), got NaN',
  )
  expect(() => adaptiveClip({ clipping: 0 })).toThrow('adaptiveClip: clipping must be in (0, ∞), got 0')
})
