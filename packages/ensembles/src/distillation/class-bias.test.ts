import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { softmax } from '../softmax.ts'
import { fitBias, withBias } from './class-bias.ts'

const problems = fc
  .record({
    rows: fc.integer({ min: 1, max: 20 }),
    classes: fc.integer({ min: 2, max: 6 }),
    seed: fc.nat(),
    size: fc.constantFrom(0.1, 3, 50),
    chosen: fc.integer({ min: 0, max: 5 }),
    prior: fc.double({ min: 1e-3, max: 1 - 1e-3, noNaN: true }),
  })
  .map(({ rows, seed, size, chosen, ...rest }) => ({
    ...rest,
    classIndex: chosen % rest.classes,
    logits: sequence(rows * rest.classes, seed).map((value) => size * value),
  }))

/** The mean of the probabilities of a class, or of several. */
function frequencyOf(logits: Float64Array, classes: number, chosen: readonly number[]): number {
  const probabilities = softmax(logits, classes)
  const counted = probabilities.filter((_, at) => chosen.includes(at % classes))
  return counted.reduce((sum, value) => sum + value, 0) / (logits.length / classes)
}

describe('the bias of a class', () => {
  it('is added to the class, or to several, and to nothing else', () => {
    const logits = new Float32Array([1, 2, 3, 4, 5, 6])
    expect(withBias(logits, { classes: 3, classIndex: 1, offset: 0.5 })).toEqual(
      new Float64Array([1, 2.5, 3, 4, 5.5, 6]),
    )
    expect(withBias(logits, { classes: 3, classIndex: [0, 2], offset: -1 })).toEqual(
      new Float64Array([0, 2, 2, 3, 5, 5]),
    )
    expect(logits).toEqual(new Float32Array([1, 2, 3, 4, 5, 6]))
  })

  it('is fitted as worked by hand', () => {
    const logits = new Float64Array([0, 2, 0, 2])
    expect(fitBias(logits, { classes: 2, classIndex: 0, prior: 0.5 })).toEqual({ offset: 2, frequency: 0.5 })
    // One row: logit(0.9) - (0 - ln 2), two others of logit 0.
    const { offset } = fitBias(new Float64Array(3), { classes: 3, classIndex: 1, prior: 0.9 })
    expect(offset).toBeCloseTo(Math.log(9) + Math.log(2), 14)
  })

  it('is fitted so that the mean probability of the class is the prior', () => {
    fc.assert(
      fc.property(problems, ({ logits, ...options }) => {
        const { offset, frequency } = fitBias(logits, options)
        const { classes, classIndex, prior } = options
        expect(Math.abs(frequency - prior)).toBeLessThan(1e-12)
        const biased = withBias(logits, { classes, classIndex, offset })
        expect(Math.abs(frequencyOf(biased, classes, [classIndex]) - prior)).toBeLessThan(1e-12)
        expect(fitBias(logits, options)).toEqual({ offset, frequency })
      }),
    )
  })

  it('finds again the bias that was taken away, rises with the prior, and does not depend on the order of rows', () => {
    fc.assert(
      fc.property(problems, fc.double({ min: -5, max: 5, noNaN: true }), ({ logits, ...options }, lost) => {
        fc.pre(Math.max(...logits.map(Math.abs)) < 5)
        const { classes, classIndex, prior } = options
        const balanced = withBias(logits, { ...options, offset: fitBias(logits, options).offset })
        const without = withBias(balanced, { ...options, offset: -lost })
        expect(Math.abs(fitBias(without, options).offset - lost)).toBeLessThan(1e-9)
        const higher = fitBias(logits, { ...options, prior: (1 + prior) / 2 })
        expect(higher.offset).toBeGreaterThan(fitBias(logits, options).offset)
        // All turned around: rows and classes.
        const turned = fitBias(logits.slice().reverse(), { ...options, classIndex: classes - 1 - classIndex })
        expect(Math.abs(turned.offset - fitBias(logits, options).offset)).toBeLessThan(1e-11)
      }),
    )
  })

  it('of several classes at once brings their sum to the prior, and keeps their proportions', () => {
    const logits = sequence(50, 4).map((value) => 3 * value)
    const { offset } = fitBias(logits, { classes: 5, classIndex: [1, 4], prior: 0.2 })
    const biased = withBias(logits, { classes: 5, classIndex: [1, 4], offset })
    expect(frequencyOf(biased, 5, [1, 4])).toBeCloseTo(0.2, 12)
    expect(biased[4] - biased[1]).toBeCloseTo(logits[4] - logits[1], 14)
  })

  it('refuses what does not fit', () => {
    const logits = new Float64Array(4)
    expect(() => withBias(logits, { classes: 2, classIndex: 2, offset: 1 })).toThrow(
      new RangeError('withBias: classIndex must be a whole number in [0, 2), got 2'),
    )
    expect(() => withBias(logits, { classes: 2, classIndex: 0, offset: Number.NaN })).toThrow(
      new RangeError('withBias: offset must be finite, got NaN'),
    )
    expect(() => fitBias(logits, { classes: 2, classIndex: [0, 1], prior: 0.5 })).toThrow(
      new RangeError('fitBias: classIndex must be some of 2 classes, got 2'),
    )
    expect(() => fitBias(logits, { classes: 2, classIndex: [], prior: 0.5 })).toThrow(
      new RangeError('fitBias: classIndex must be some of 2 classes, got 0'),
    )
    expect(() => fitBias(logits, { classes: 2, classIndex: 0, prior: 1 })).toThrow(
      new RangeError('fitBias: prior must be in (0, 1), got 1'),
    )
    expect(() => fitBias(new Float64Array(3), { classes: 2, classIndex: 0, prior: 0.5 })).toThrow(
      new RangeError('fitBias: logits must hold one or more whole rows of 2 classes, got 3 numbers'),
    )
  })
})
