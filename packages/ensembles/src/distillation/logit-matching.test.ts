import { finiteDifference, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distillationLoss } from './distillation-loss.ts'
import { logitMatching } from './logit-matching.ts'

const problems = fc
  .record({ rows: fc.integer({ min: 1, max: 4 }), classes: fc.integer({ min: 2, max: 6 }), seed: fc.nat() })
  .map(({ rows, classes, seed }) => {
    const table = (index: number) => sequence(rows * classes, seed + index).map((value) => 3 * value)
    const teacher = [{ logits: table(1), weight: 3 }, { logits: table(2) }]
    return { rows, classes, logits: table(0), teacher }
  })

/** 1/2 (z - v)^2, of rows with their means taken away, over classes and rows. */
function textbook(
  logits: Float64Array,
  teacher: readonly { logits: Float64Array }[],
  classes: number,
): number {
  const apart = logits.map((value, at) => value - 0.75 * teacher[0].logits[at] - 0.25 * teacher[1].logits[at])
  const centred = apart.map((value, at) => {
    const first = at - (at % classes)
    const row = apart.subarray(first, first + classes)
    return value - row.reduce((sum, each) => sum + each, 0) / classes
  })
  return centred.reduce((sum, value) => sum + value ** 2, 0) / 2 / logits.length
}

describe('logit matching', () => {
  it('is (z - v) / classes for zero-mean logits', () => {
    const teacher = { logits: new Float64Array([3, -1, -2]) }
    const { loss, gradient } = logitMatching({ logits: new Float64Array([1, 0, -1]), teacher, classes: 3 })
    expect(gradient).toEqual(new Float64Array([-2 / 3, 1 / 3, 1 / 3]))
    // (4 + 1 + 1) / 6
    expect(loss).toBe(1)
  })

  it('is the textbook, with the gradient of finite differences to 1e-9', () => {
    fc.assert(
      fc.property(problems, ({ logits, teacher, classes }) => {
        const { loss, gradient } = logitMatching({ logits, teacher, classes })
        expect(Math.abs(loss - textbook(logits, teacher, classes))).toBeLessThan(1e-13)
        const measured = finiteDifference(() => textbook(logits, teacher, classes), logits)
        for (const [index, value] of gradient.entries()) {
          expect(Math.abs(value - measured[index])).toBeLessThan(1e-9)
        }
      }),
    )
  })

  it('is the limit of distillation as T grows, in gradient and in T^2 KL', () => {
    fc.assert(
      fc.property(problems, ({ logits, teacher, classes }) => {
        const limit = logitMatching({ logits, teacher, classes })
        const errors = [1e2, 1e3, 1e4].map((temperature) => {
          const near = distillationLoss({ logits, teacher, classes, temperature, hardWeight: 0 })
          expect(Math.abs(temperature ** 2 * Number(near.divergence) - limit.loss)).toBeLessThan(
            40 / temperature,
          )
          return Math.max(...near.gradient.map((value, index) => Math.abs(value - limit.gradient[index])))
        })
        // The error falls as 1 / T.
        for (const [index, error] of errors.entries()) expect(error).toBeLessThan(40 / 10 ** (index + 2))
      }),
    )
  })

  it('does not see what is added to a row, and is 0 where nothing else differs', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: -50, max: 50 }), ({ logits, teacher, classes }, shift) => {
        const [first] = teacher
        const moved = first.logits.map((value, at) => value + shift * Math.floor(at / classes) + 1)
        const same = logitMatching({ logits: first.logits, teacher: { logits: moved }, classes })
        expect(same.loss).toBeLessThan(1e-25)
        const plain = logitMatching({ logits, teacher: first, classes })
        const shifted = logitMatching({ logits, teacher: { logits: moved }, classes })
        expect(Math.abs(shifted.loss - plain.loss)).toBeLessThan(1e-12)
      }),
    )
  })

  it('refuses what does not fit', () => {
    const logits = new Float64Array(4)
    expect(() => logitMatching({ logits, teacher: { logits: new Float64Array(2) }, classes: 2 })).toThrow(
      new RangeError('logitMatching: teacher 0 must have 2 rows, got 1'),
    )
    expect(() => logitMatching({ logits, teacher: [], classes: 2 })).toThrow(
      new RangeError('logitMatching: teachers must be one or more, got none'),
    )
    const nan = { name: 'a', logits: new Float64Array([0, 0, 0, Number.NaN]) }
    expect(() => logitMatching({ logits, teacher: nan, classes: 2 })).toThrow(
      new RangeError("logitMatching: teacher 'a' row 1 class 1 must be finite, got NaN"),
    )
    const probabilities = { probabilities: new Float64Array([1, 0, 0, 1]) }
    expect(() => logitMatching({ logits, teacher: probabilities as never, classes: 2 })).toThrow(
      new TypeError('logitMatching: teacher 0 must be a Float32Array or a Float64Array'),
    )
  })
})
