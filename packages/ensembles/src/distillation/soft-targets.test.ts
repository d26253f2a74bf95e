import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { softTargets } from './soft-targets.ts'
import { softenProbabilities } from './soften-probabilities.ts'

const problems = fc.record({
  rows: fc.integer({ min: 1, max: 4 }),
  classes: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
  temperature: fc.double({ min: 0.3, max: 30, noNaN: true }),
})

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  for (let at = 0; at < actual.length; at++) {
    expect(Math.abs(actual[at] - expected[at]), `at ${at}`).toBeLessThanOrEqual(tolerance)
  }
}

describe('soft targets', () => {
  it('are the numbers worked by hand', () => {
    // softmax(ln 9 / 2, 0) = (3, 1) / 4, and the mean with (0, 1), 3 to 1.
    const teachers = [
      { logits: new Float64Array([Math.log(9), 0]), weight: 3 },
      { probabilities: new Float64Array([0, 1]) },
    ]
    expectClose(softTargets(teachers, { classes: 2, temperature: 2 }), [9 / 16, 7 / 16], 1e-15)
    expectClose(softTargets(teachers[0], { classes: 2, temperature: 2 }), [3 / 4, 1 / 4], 1e-15)
  })

  it('of equal teachers are those of one, in any order, and sum to 1', () => {
    fc.assert(
      fc.property(
        problems,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (problem, weights) => {
          const { rows, classes, seed } = problem
          const table = (index: number) => sequence(rows * classes, seed + index).map((value) => 5 * value)
          const one = softTargets({ logits: table(0) }, problem)
          expectClose(
            softTargets(
              weights.map((weight) => ({ logits: table(0), weight })),
              problem,
            ),
            one,
            1e-15,
          )
          const different = weights.map((weight, index) => ({ logits: table(index), weight }))
          const mean = softTargets(different, problem)
          expectClose(softTargets([...different].reverse(), problem), mean, 1e-15)
          for (let row = 0; row < rows; row++) {
            const sum = mean
              .subarray(row * classes, (row + 1) * classes)
              .reduce((total, value) => total + value, 0)
            expect(Math.abs(sum - 1)).toBeLessThan(1e-14)
          }
          // What a teacher of weight 0 says does not count.
          const silent = [...different, { logits: table(9), weight: 0 }]
          expect(softTargets(silent, problem)).toEqual(mean)
        },
      ),
    )
  })

  it('of probabilities are these, softened or not; rounding of their sums is divided out', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { rows, classes, seed } = problem
        const logits = sequence(rows * classes, seed).map((value) => 5 * value)
        const soft = softTargets({ logits }, problem)
        expectClose(softTargets({ probabilities: soft }, problem), soft, 1e-15)
        const plain = softTargets({ logits }, { classes, temperature: 1 })
        expectClose(softenProbabilities(plain, problem), soft, 1e-14)
        expectClose(softenProbabilities(plain, { classes, temperature: 1 }), plain, 1e-14)
      }),
    )
    const rounded = new Float32Array([0.7, 0.2, 0.1 + 5e-5])
    const sum = rounded.reduce((total, value) => total + value, 0)
    expectClose(
      softTargets({ probabilities: rounded }, { classes: 3, temperature: 1 }),
      Float64Array.from(rounded, (value) => value / sum),
      1e-16,
    )
  })

  it('soften by the roots of probabilities, and leave 0 at 0', () => {
    const options = { classes: 3, temperature: 2 }
    expectClose(softenProbabilities(new Float64Array([0.9, 0.1, 0]), options), [0.75, 0.25, 0], 1e-15)
    expect(softenProbabilities(new Float32Array([0, 1, 0]), { classes: 3, temperature: 1e6 })).toEqual(
      new Float64Array([0, 1, 0]),
    )
  })

  it('refuse what does not fit', () => {
    const options = { classes: 2, temperature: 1 }
    const logits = new Float64Array(2)
    expect(() => softTargets([], options)).toThrow(
      new RangeError('softTargets: teachers must be one or more, got none'),
    )
    expect(() => softTargets([{ logits }, { name: 'b', logits: new Float64Array(4) }], options)).toThrow(
      new RangeError("softTargets: teacher 'b' must have 1 rows, got 2"),
    )
    expect(() => softTargets([{ logits, weight: 0 }], options)).toThrow(
      new RangeError('softTargets: weights must have a sum in (0, ∞), got 0'),
    )
    expect(() => softenProbabilities(new Float64Array([0.5, 0.4]), options)).toThrow(
      new RangeError('softenProbabilities: probabilities row 0 must sum to 1, got 0.9'),
    )
  })
})
