import { describe, expect, it } from 'vitest'
import { rangeTest, suggestDecay, suggestLearningRate } from './index.ts'
import { normal, type Random, seeded, seededCases } from './seeded-cases.suite.ts'

/**
 * The losses of SGD on f(x) = x^2 / 2 with the gradient x + N(0, 1): x falls as (1 - a)^k, then its variance stays at
 * a / (2 - a), so that the mean loss is a / (2 (2 - a)).
 */
function noisyDescent(random: Random, learningRate: number, start: number, length: number): number[] {
  let x = start
  return Array.from({ length }, () => {
    const loss = (x * x) / 2
    x -= learningRate * (x + normal(random))
    return loss
  })
}

describe('suggestDecay', () => {
  it.each([
    [0.02, 2000],
    [0.05, 500],
    [0.1, 1000],
  ])('finds the plateau of SGD at the rate %d within %d steps', (rate, length) => {
    const level = rate / (2 * (2 - rate))
    // From here on what is left of the start, 50 (1 - a)^(2k), is below a hundredth of the first loss.
    const near = Math.log(100) / (-2 * Math.log1p(-rate))
    let found = 0
    let levels = 0
    seededCases(100, (random) => {
      const suggestion = suggestDecay(noisyDescent(random, rate, 10, length))
      if (suggestion.kind !== 'decay') return
      found += 1
      levels += suggestion.level
      expect(suggestion.step).toBeGreaterThan(near / 2)
      expect(suggestion.step).toBeLessThan(5 * near)
    })
    // One in a hundred plateaus is taken for none by chance.
    expect(found).toBeGreaterThanOrEqual(95)
    expect(levels / found / level).toBeGreaterThan(0.9)
    expect(levels / found / level).toBeLessThan(1.1)
  })

  it('finds none while the loss still falls to the plateau', () => {
    seededCases(100, (random) => {
      const losses = noisyDescent(random, 0.005, 10, 300)
      expect(suggestDecay(losses)).toEqual({ kind: 'none', reason: 'still-falling' })
    })
  })

  it('finds none on a line that falls out of the noise, and a plateau in noise alone', () => {
    let plateaus = 0
    seededCases(100, (random) => {
      const noise = Array.from({ length: 1000 }, () => 5 + 0.2 * normal(random))
      const falling = noise.map((value, step) => value - 0.001 * step)
      expect(suggestDecay(falling)).toEqual({ kind: 'none', reason: 'still-falling' })
      const rising = noise.map((value, step) => value + 0.001 * step)
      expect(suggestDecay(rising)).toEqual({ kind: 'none', reason: 'rising' })
      plateaus += suggestDecay(noise).kind === 'decay' ? 1 : 0
    })
    expect(plateaus).toBeGreaterThanOrEqual(95)
  })

  it('is not misled by spikes', () => {
    const losses = noisyDescent(seeded(7), 0.05, 10, 1000)
    const spiked = losses.map((loss, step) => (step % 211 === 210 ? loss + 1 : loss))
    expect(suggestDecay(spiked)).toMatchObject({ kind: 'decay' })
  })

  it('takes a smooth curve for what it is', () => {
    const exponential = (time: number) => Array.from({ length: 1000 }, (_, step) => Math.exp(-step / time))
    expect(suggestDecay(exponential(300))).toEqual({ kind: 'none', reason: 'still-falling' })
    expect(suggestDecay(exponential(50))).toMatchObject({ kind: 'decay' })
    expect(suggestDecay(Array(100).fill(2))).toEqual({ kind: 'decay', step: 0, level: 2 })
  })

  it('says why it cannot tell, and refuses what is no tolerance', () => {
    expect(suggestDecay([])).toEqual({ kind: 'none', reason: 'too-short' })
    expect(suggestDecay(Array(99).fill(1))).toEqual({ kind: 'none', reason: 'too-short' })
    expect(suggestDecay([...Array(150).fill(1), Number.NaN])).toEqual({ kind: 'none', reason: 'not-finite' })
    expect(() => suggestDecay([], { tolerance: 1 })).toThrow('tolerance must be in [0, 1), got 1')
  })
})

/** A range test of gradient descent on the sum of a_i x_i^2 / 2: it diverges where the rate stays above 2 / max a_i. */
function sweep(curvatures: readonly number[], options: { low: number; high: number; steps: number }) {
  const schedule = rangeTest(options)
  const learningRates = Array.from({ length: options.steps + 1 }, (_, step) => schedule(step))
  const x = curvatures.map(() => 1)
  const losses = learningRates.map((rate) => {
    const loss = curvatures.reduce((sum, curvature, index) => sum + (curvature * x[index] ** 2) / 2, 0)
    for (const [index, curvature] of curvatures.entries()) x[index] *= 1 - rate * curvature
    return loss
  })
  return { learningRates, losses }
}

describe('suggestLearningRate', () => {
  it('suggests a stable rate, a tenth of where the loss was lowest', () => {
    for (const scale of [0.01, 1, 100]) {
      const curve = sweep([scale, 0.1 * scale], { low: 1e-5 / scale, high: 100 / scale, steps: 200 })
      const suggestion = suggestLearningRate(curve)
      expect(suggestion.kind).toBe('rate')
      if (suggestion.kind !== 'rate') return
      const { learningRate, lowest, steepest } = suggestion
      expect(learningRate).toBe(lowest / 10)
      expect(learningRate * scale).toBeGreaterThan(0.05)
      expect(learningRate * scale).toBeLessThan(2)
      expect(steepest).toBeLessThan(lowest)
    }
  })

  it('is the tenth of the exact minimum where nothing is smoothed', () => {
    const learningRates = Array.from({ length: 41 }, (_, index) => 10 ** (index / 10 - 4))
    const losses = learningRates.map((rate) => (Math.log10(rate) + 1) ** 2 + 1)
    const suggestion = suggestLearningRate({ learningRates, losses }, { smoothing: 0 })
    expect(suggestion).toMatchObject({ kind: 'rate', steepest: learningRates[1] })
    expect(suggestion.kind === 'rate' && suggestion.learningRate).toBeCloseTo(0.01, 12)
  })

  it('says why it suggests none', () => {
    const learningRates = Array.from({ length: 100 }, (_, index) => 1e-5 * 1.1 ** index)
    const none = (losses: number[]) => suggestLearningRate({ learningRates, losses })
    expect(suggestLearningRate({ learningRates: [], losses: [] })).toMatchObject({ reason: 'too-few-points' })
    expect(none(learningRates.map((_, index) => (index > 5 ? Number.NaN : 1)))).toEqual({
      kind: 'none',
      reason: 'too-few-points',
    })
    expect(none(learningRates.map((_, index) => 5 - index / 50))).toMatchObject({ reason: 'still-falling' })
    expect(none(learningRates.map((_, index) => 5 + index / 50))).toMatchObject({ reason: 'never-falls' })
    expect(none(learningRates.map(() => 5))).toMatchObject({ reason: 'never-falls' })
    seededCases(100, (random) => {
      expect(none(learningRates.map(() => 5 + normal(random)))).toMatchObject({ reason: 'never-falls' })
    })
  })

  it('refuses what is no curve', () => {
    expect(() => suggestLearningRate({ learningRates: [1, 2], losses: [1] })).toThrow(
      'losses must be as many as learningRates, 2, got 1',
    )
    expect(() => suggestLearningRate({ learningRates: [1, 1], losses: [1, 1] })).toThrow(
      'learningRates[1] must be finite, above 0 and rising, got 1 after 1',
    )
    expect(() => suggestLearningRate({ learningRates: [0], losses: [1] })).toThrow('learningRates[0]')
    expect(() => suggestLearningRate({ learningRates: [], losses: [] }, { smoothing: 1 })).toThrow(
      'smoothing must be in [0, 1), got 1',
    )
  })
})
