import { finiteDifference, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HintOptions, hintLoss } from './hint-loss.ts'

const problems = fc
  .record({
    rows: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 4 }),
    teacherWidth: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  })
  .map(({ rows, width, teacherWidth, seed }) => ({
    rows,
    width,
    teacherWidth,
    features: sequence(rows * width, seed),
    teacher: sequence(rows * teacherWidth, seed + 1),
    regressor: { weights: sequence(width * teacherWidth, seed + 2), bias: sequence(teacherWidth, seed + 3) },
  }))

type Problem = typeof problems extends fc.Arbitrary<infer P> ? P : never

/** The squared distance of every pair, by its sum over i. */
function textbook({ rows, width, teacherWidth, features, teacher, regressor }: Problem): number {
  let loss = 0
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < teacherWidth; k++) {
      let value = regressor.bias[k]
      for (let i = 0; i < width; i++)
        value += features[row * width + i] * regressor.weights[i * teacherWidth + k]
      loss += (value - teacher[row * teacherWidth + k]) ** 2 / 2 / rows
    }
  }
  return loss
}

describe('a hint', () => {
  it('is the numbers worked by hand', () => {
    // f W + b - h = (2 1 + 3 0 + 1 - 2, 2 2 + 3 1 + 0 - 4) = (1, 3)
    const result = hintLoss({
      features: new Float64Array([2, 3]),
      teacher: new Float64Array([2, 4]),
      rows: 1,
      regressor: { weights: new Float64Array([1, 2, 0, 1]), bias: new Float64Array([1, 0]) },
    })
    expect(result).toEqual({
      loss: 5,
      gradient: new Float64Array([7, 3]),
      regressorGradient: { weights: new Float64Array([2, 6, 3, 9]), bias: new Float64Array([1, 3]) },
    })
  })

  it('is the textbook, with the gradients of finite differences to 1e-9', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { loss, gradient, regressorGradient } = hintLoss(problem)
        expect(Math.abs(loss - textbook(problem))).toBeLessThan(1e-13)
        const pairs = [
          [gradient, problem.features],
          [regressorGradient?.weights, problem.regressor.weights],
          [regressorGradient?.bias, problem.regressor.bias],
        ] as const
        for (const [given, variable] of pairs) {
          const measured = finiteDifference(() => textbook(problem), variable)
          expect(given?.length).toBe(variable.length)
          for (const [index, value] of measured.entries()) {
            expect(Math.abs(Number(given?.[index]) - value)).toBeLessThan(1e-9)
          }
        }
      }),
    )
  })

  it('without a regressor is half the mean squared distance, 0 where the features are the teachers', () => {
    const [features, teacher] = [new Float32Array([1, 2, 3, 4]), new Float32Array([1, 0, 3, 5])]
    expect(hintLoss({ features, teacher, rows: 2 })).toEqual({
      loss: 1.25,
      gradient: new Float64Array([0, 1, 0, -0.5]),
    })
    expect(hintLoss({ features, teacher: features, rows: 2 }).loss).toBe(0)
    // The identity is the same as none; a bias left out is 0.
    const regressor = { weights: new Float64Array([1, 0, 0, 1]) }
    expect(hintLoss({ features, teacher, rows: 2, regressor })).toMatchObject({
      loss: 1.25,
      gradient: new Float64Array([0, 1, 0, -0.5]),
      regressorGradient: { bias: new Float64Array([0, 0.5]) },
    })
  })

  it('refuses what does not fit', () => {
    const good = { features: new Float64Array(4), teacher: new Float64Array(6), rows: 2 }
    const regressor = { weights: new Float64Array(6) }
    const refused: readonly [HintOptions, string][] = [
      [{ ...good, rows: 0 }, 'hintLoss: rows must be a whole number in [1, ∞), got 0'],
      [good, 'hintLoss: features must hold 6 numbers, got 4'],
      [
        { ...good, features: new Float64Array(3), regressor },
        'hintLoss: features must hold 2 rows of one length, got 3 numbers',
      ],
      [
        { ...good, teacher: new Float64Array(), regressor },
        'hintLoss: teacher must hold 2 rows of one length, got 0 numbers',
      ],
      [
        { ...good, regressor: { weights: new Float64Array(5) } },
        'hintLoss: regressor.weights must hold 6 numbers, got 5',
      ],
      [
        { ...good, regressor: { ...regressor, bias: new Float64Array(2) } },
        'hintLoss: regressor.bias must hold 3 numbers, got 2',
      ],
      [
        { ...good, features: new Float64Array([0, Number.NaN, 0, 0]), regressor },
        'hintLoss: features must be finite, got NaN at 1',
      ],
      [{ ...good, teacher: [1, 2] as never }, 'hintLoss: teacher must be a Float32Array or a Float64Array'],
    ]
    for (const [wrong, message] of refused) expect(() => hintLoss(wrong)).toThrow(message)
  })
})
