import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { dense, drawMasks, dropout, residual, tanh } from './index.ts'
import { expectModelGradient, expectSameModelInF32, setUpModel } from './model.suite.ts'

/** Numbers in [0, 1) with 53 bits, from a linear congruence of 64. */
function generator(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    return Number(state >> 11n) / 2 ** 53
  }
}

/** An array of `rows` factors in rows of `features`, as a batch has it. */
function maskOf(rows: number, features: number, rate: number) {
  return { factors: new Float64Array(rows * features).fill(-1), features, rate }
}

describe('drawMasks', () => {
  it.each([0, 0.1, 0.25, 0.5, 0.7, 255 / 256, 0.999])(
    'drops with probability %d, to 5 deviations',
    (rate) => {
      const mask = maskOf(500, 401, rate)
      drawMasks({ masks: [mask] }, 500, generator(7))
      const { factors } = mask
      const dropped = factors.filter((factor) => factor === 0).length
      const kept = factors.filter((factor) => factor === 1 / (1 - rate)).length
      expect(dropped + kept).toBe(factors.length)
      const deviation = Math.sqrt(factors.length * rate * (1 - rate))
      expect(Math.abs(dropped - factors.length * rate)).toBeLessThanOrEqual(5 * deviation)
      // Neighbours are independent, within one number of the generator and across: pairs fall as the product says.
      for (const distance of [1, 2, 3, 5, 6, 401]) {
        const pairs = factors.filter(
          (factor, index) => factor === 0 && factors[index + distance] === 0,
        ).length
        const expected = (factors.length - distance) * rate * rate
        expect(Math.abs(pairs - expected)).toBeLessThanOrEqual(8 * Math.sqrt(expected + 1))
      }
    },
  )

  it('decides by bytes, the lowest of each half of the number first, and ties by a number of their own', () => {
    // 0.3 of 256 is 76.8: bytes up to 75 drop, 76 asks again, 77 and above keep.
    const number = (bytes: readonly number[]): number =>
      bytes.reduce((sum, byte, place) => sum + byte * 256 ** place, 0) / 2 ** 24
    const drawn = [number([75, 77, 76]) + number([0, 255, 76]) / 2 ** 24, 0.79, 0.81, number([77, 75, 9])]
    const mask = maskOf(2, 4, 0.3)
    let calls = 0
    drawMasks({ masks: [mask] }, 2, () => drawn[calls++])
    const kept = 1 / 0.7
    expect([...mask.factors]).toEqual([0, kept, 0, 0, kept, kept, kept, 0])
    expect(calls).toBe(4)
  })

  it('fills the rows asked for alone, one mask after another', () => {
    const masks = [maskOf(4, 3, 0.5), maskOf(4, 2, 0.5)]
    drawMasks({ masks }, 2, generator(1))
    for (const { factors, features } of masks) {
      factors.forEach((factor, index) => {
        expect(index < 2 * features ? [0, 2] : [-1]).toContain(factor)
      })
    }
    expect(() => drawMasks({ masks }, 5, generator(1))).toThrow(
      new RangeError('drawMasks: rows must be a whole number in [0, 4], got 5'),
    )
  })
})

// The last one keeps its input: it can be neither in place nor the first to overwrite the features.
const models = [
  ['between layers', [dense(6), dropout(0.4), tanh(), dense(3)]],
  ['of features', [dropout(0.4), dense(5), dense(3)]],
  ['after a layer that reads its output', [dense(6), tanh(), dropout(0.4), dense(3)]],
  ['in a branch', [dense(6), residual([dropout(0.4), dense(6), dropout(0.2)]), dense(3)]],
] as const

describe.each(models)('%s', (_name, layers) => {
  const options = { layers, input: [5], rows: 4, capacity: 6 }

  it('multiplies by its mask, there and back', () => {
    const { batch, both, weights } = setUpModel(options)
    for (const { factors } of batch.masks) factors.fill(1)
    both()
    const plain = [...batch.predictions, ...weights.gradient]
    const without = setUpModel({
      ...options,
      layers: layers.map((layer) => (layer.name === 'dropout' ? dropout(0) : layer)),
    })
    for (const { factors } of without.batch.masks) factors.fill(1)
    without.both()
    expect([...without.batch.predictions, ...without.weights.gradient]).toEqual(plain)
    for (const { factors } of batch.masks) factors.set(sequence(factors.length, 3))
    both()
    expect([...batch.predictions, ...weights.gradient]).not.toEqual(plain)
  })

  it('has the gradient of finite differences', () => {
    expectModelGradient({ ...options, prepare: ({ batch }) => drawMasks(batch, 4, generator(3)) })
    expectModelGradient({ ...options, mode: 'evaluate' })
  })

  it('is the same in f32 to 1e-5', () => {
    expectSameModelInF32({ ...options, prepare: ({ batch }) => drawMasks(batch, 4, generator(3)) })
  })

  it('is not there in evaluation, whatever its mask', () => {
    const { batch, forward } = setUpModel({ ...options, mode: 'evaluate' })
    forward()
    const before = [...batch.predictions]
    for (const { factors } of batch.masks) factors.fill(Number.NaN)
    forward()
    expect([...batch.predictions]).toEqual(before)
  })
})

it('is computed as by hand', () => {
  const { weights, batch, both } = setUpModel({ layers: [dropout(0.5), dense(2)], input: [2], rows: 1 })
  weights.parameters.set([1, 2, 3, 4, 0, 0])
  batch.masks[0].factors.set([2, 0])
  batch.labels[0] = 0
  both()
  // x = [a, b] is masked to [2a, 0]: logits 2a [1, 2], p_1 = sigmoid(2a), dW = [2a, 0] x [-p_1, p_1].
  const [a] = sequence(2, 2).map(Math.fround)
  const p = 1 / (1 + Math.exp(-2 * a))
  const expected = [-2 * a * p, 2 * a * p, 0, 0, -p, p]
  weights.gradient.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index], 14)
  })
})

it('refuses a rate out of range, and training without masks', () => {
  expect(() => dropout(1)).toThrow(new RangeError('dropout: rate must be in [0, 1), got 1'))
  expect(() => dropout(-0.1)).toThrow(new RangeError('dropout: rate must be in [0, 1), got -0.1'))
  const options = { layers: [dropout(0.5), dense(2)], input: [2], rows: 1, gradients: false }
  expect(() => setUpModel(options)).toThrow('dropout: a batch without gradients has no masks')
  expect(() => setUpModel({ ...options, mode: 'evaluate' }).forward()).not.toThrow()
})
