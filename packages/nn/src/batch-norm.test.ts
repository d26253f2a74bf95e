import { describe, expect, it } from 'vitest'
import { type BatchNormOptions, batchNorm } from './batch-norm.ts'
import { type AloneOptions, expectGradients, expectSameInF32, layAlone } from './layer.suite.ts'
import type { Shape } from './shape.ts'

/** Two passes over the numbers of every channel, in f64. */
function textbookMoments(x: ArrayLike<number>, channels: number) {
  return Array.from({ length: channels }, (_, channel) => {
    const numbers = Array.from(x).filter((_, index) => index % channels === channel)
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
    const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { mean, variance: squares / numbers.length, unbiased: squares / (numbers.length - 1) }
  })
}

function textbook(
  x: ArrayLike<number>,
  moments: readonly { readonly mean: number; readonly variance: number }[],
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
  epsilon: number,
): number[] {
  return Array.from(x, (value, index) => {
    const channel = index % moments.length
    const { mean, variance } = moments[channel]
    return ((value - mean) / Math.sqrt(variance + epsilon)) * scale[channel] + shift[channel]
  })
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0)
}

const cases: readonly (readonly [string, Shape, AloneOptions, BatchNormOptions])[] = [
  ['features', [7], { rows: 6 }, {}],
  ['two rows', [5], { rows: 2 }, {}],
  ['fewer rows than there is room for', [4], { rows: 3, capacity: 5 }, { epsilon: 1e-3 }],
  ['channels', [3, 2, 6], { rows: 3 }, { momentum: 0.3 }],
  ['one image', [2, 3, 3], { rows: 1 }, {}],
  ['one channel', [3, 3, 1], { rows: 2 }, { momentum: 1 }],
]

describe.each(cases)('batchNorm, %s', (_name, shape, options, own) => {
  const { momentum = 0.1, epsilon = 1e-5 } = own
  const layer = batchNorm(own)
  const channels = shape[shape.length - 1]

  it('is the textbook formula in training, and brings the running statistics up to date', () => {
    const alone = layAlone(layer, shape, options)
    const before = {
      mean: Array.from(alone.statistics.mean),
      variance: Array.from(alone.statistics.variance),
    }
    alone.forward()
    const { tensors, statistics } = alone
    const moments = textbookMoments(alone.input, channels)
    const expected = textbook(alone.input, moments, tensors.scale, tensors.shift, epsilon)
    expect(largestDifference(alone.output, expected)).toBeLessThan(1e-12)
    const running = (old: number, batch: number): number => (1 - momentum) * old + momentum * batch
    const means = moments.map(({ mean }, channel) => running(before.mean[channel], mean))
    const variances = moments.map(({ unbiased }, channel) => running(before.variance[channel], unbiased))
    expect(largestDifference(statistics.mean, means)).toBeLessThan(1e-14)
    expect(largestDifference(statistics.variance, variances)).toBeLessThan(1e-14)
  })

  it.each(['train', 'evaluate'] as const)('has the gradients of finite differences, mode %s', (mode) => {
    expectGradients(layer, shape, { ...options, mode })
  })

  it('is the same in f32', () => expectSameInF32(layer, shape, options))

  it('uses the running statistics in evaluation, and leaves them alone', () => {
    const alone = layAlone(layer, shape, { ...options, mode: 'evaluate', updatesStatistics: false })
    const { tensors, statistics } = alone
    const before = [statistics.mean, statistics.variance].map((array) => Array.from(array))
    const moments = before[0].map((mean, channel) => ({ mean, variance: before[1][channel] }))
    alone.forward()
    const expected = textbook(alone.input, moments, tensors.scale, tensors.shift, epsilon)
    expect(largestDifference(alone.output, expected)).toBeLessThan(1e-12)
    expect([statistics.mean, statistics.variance].map((array) => Array.from(array))).toEqual(before)
  })

  it('leaves the running statistics alone where another thread updates them', () => {
    const [alone, updating] = [false, true].map((updatesStatistics) =>
      layAlone(layer, shape, { ...options, updatesStatistics }),
    )
    const before = Array.from(alone.statistics.variance)
    for (const each of [alone, updating]) each.forward()
    expect(Array.from(alone.statistics.variance)).toEqual(before)
    expect(Array.from(alone.output)).toEqual(Array.from(updating.output))
  })

  it('joins the activation that follows', () => {
    const joined = layer.lay(shape).withActivation?.({ name: 'sigmoid' })
    expect(joined?.backwardReads).toEqual(['input', 'output'])
    expectGradients({ name: 'both', lay: (input) => joined ?? layer.lay(input) }, shape, options)
    const separate = layAlone(layer, shape, options)
    const together = layAlone({ name: 'both', lay: (input) => joined ?? layer.lay(input) }, shape, options)
    for (const each of [separate, together]) each.forward()
    const expected = separate.output.map((value) => 1 / (1 + Math.exp(-value)))
    expect(largestDifference(together.output, expected)).toBeLessThan(1e-14)
  })
})

describe('batchNorm', () => {
  it.each([0, 1e3, 1e6])('keeps its digits in f32 where the mean is %d deviations away', (distance) => {
    const shape = [8, 8, 5]
    const alone = layAlone(batchNorm(), shape, { rows: 16, precision: 'f32' })
    alone.input.set(alone.input.map((value, index) => value + distance * (1 + (index % 5))))
    alone.forward()
    const { scale, shift } = alone.tensors
    // What rounding has left of the numbers is exact data for the textbook.
    const expected = textbook(alone.input, textbookMoments(alone.input, 5), scale, shift, 1e-5)
    expect(largestDifference(alone.output, expected)).toBeLessThan(4e-7)
    alone.both()
    const wide = layAlone(batchNorm(), shape, { rows: 16 })
    wide.input.set(alone.input)
    for (const name of ['scale', 'shift']) wide.tensors[name].set(alone.tensors[name])
    wide.both()
    expect(largestDifference(alone.inputGradient, wide.inputGradient)).toBeLessThan(1e-8)
    expect(largestDifference(alone.tensorGradients.scale, wide.tensorGradients.scale)).toBeLessThan(1e-6)
  })

  it('has mean 0 and variance 1 at first, and a constant becomes the shift', () => {
    const alone = layAlone(batchNorm(), [4, 4, 2], { rows: 4 })
    alone.tensors.scale.fill(1)
    alone.tensors.shift.set([0, 0.25])
    alone.input.set(alone.input.map((value, index) => (index % 2 === 0 ? 50 * value + 7 : 3)))
    alone.forward()
    const [first, second] = textbookMoments(alone.output, 2)
    expect(first.mean).toBeCloseTo(0, 12)
    expect(first.variance).toBeCloseTo(1, 6)
    expect([second.mean, second.variance]).toEqual([0.25, 0])
  })

  it('takes the running statistics for one value alone, which has no variance', () => {
    const [alone, evaluated] = (['train', 'evaluate'] as const).map((mode) =>
      layAlone(batchNorm(), [6], { rows: 1, capacity: 4, mode }),
    )
    const before = Array.from(alone.statistics.variance)
    for (const each of [alone, evaluated]) each.both()
    expect(Array.from(alone.output)).toEqual(Array.from(evaluated.output))
    expect(Array.from(alone.inputGradient)).toEqual(Array.from(evaluated.inputGradient))
    expect(alone.output.every(Number.isFinite)).toBe(true)
    expect(Array.from(alone.statistics.variance)).toEqual(before)
    expectGradients(batchNorm(), [6], { rows: 1 })
  })

  it('refuses what is out of range, with the value', () => {
    expect(() => batchNorm({ momentum: 1.5 })).toThrow(
      new RangeError('batchNorm: momentum must be in [0, 1], got 1.5'),
    )
    expect(() => batchNorm({ momentum: Number.NaN })).toThrow(
      'batchNorm: momentum must be in [0, 1], got NaN',
    )
    expect(() => batchNorm({ epsilon: 0 })).toThrow('batchNorm: epsilon must be in (0, ∞), got 0')
  })
})
