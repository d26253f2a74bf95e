import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { greedySoup } from './greedy-soup.ts'
import type { SoupMember } from './soup-members.ts'
import { uniformSoup } from './uniform-soup.ts'

type Vector = Float32Array | Float64Array

const length = 3
/** Without -0, which no mean keeps. */
const number = fc.double({ min: -10, max: 10, noNaN: true }).map((value) => value + 0)
const vectors = fc.array(fc.array(number, { minLength: length, maxLength: length }), {
  minLength: 1,
  maxLength: 8,
})
const membersOf = (all: readonly (readonly number[])[]): SoupMember<Float64Array>[] =>
  all.map((values) => ({ weights: Float64Array.from(values), origin: 'one start' }))

/** Nearer to (1, 1, 1) is better. */
const nearOnes = (weights: Vector): number =>
  Array.from(weights).reduce((sum, value) => sum - (value - 1) ** 2, 0)

/** Higher where more coordinates are positive: whole numbers, and so with many ties. */
const positives = (weights: Vector): number => weights.filter((value) => value > 0).length

/** A plain mean of the members at these places. */
function meanOf(all: readonly (readonly number[])[], places: readonly number[]): number[] {
  return Array.from(
    { length },
    (_, i) => places.reduce((sum, place) => sum + all[place][i], 0) / places.length,
  )
}

describe('a uniform soup', () => {
  it('is the mean, tensor by tensor, in the members precision', () => {
    const soup = uniformSoup([
      { weights: { a: new Float32Array([1, 2]), b: new Float64Array([5]) }, origin: 'x' },
      { weights: { a: new Float32Array([3, 2]), b: new Float64Array([0]) }, origin: 'x' },
    ])
    expect(soup).toEqual({ weights: { a: new Float32Array([2, 2]), b: new Float64Array([2.5]) } })
  })

  it('is the plain mean; of equal members the member, exactly; the same in any order', () => {
    fc.assert(
      fc.property(vectors, (all) => {
        const { weights } = uniformSoup(membersOf(all))
        const expected = meanOf(
          all,
          all.map((_, index) => index),
        )
        const reversed = uniformSoup(membersOf([...all].reverse())).weights
        for (let i = 0; i < length; i++) {
          expect(Math.abs(weights[i] - expected[i])).toBeLessThan(1e-13)
          expect(Math.abs(weights[i] - reversed[i])).toBeLessThan(1e-13)
        }
        expect(uniformSoup(membersOf(all.map(() => all[0]))).weights).toEqual(new Float64Array(all[0]))
      }),
    )
  })

  it('refuses different and unknown starts, or warns', () => {
    const weights = new Float32Array([1])
    const chance = 'the mean of weights from different starts is usually no better than chance'
    const way = 'allowDifferentOrigins: true averages them all the same'
    const different = [
      { name: 'a', weights, origin: 'seed 1' },
      { weights, origin: 'seed 2' },
    ]
    const differ = `member 'a' started at 'seed 1', member 1 at 'seed 2'; ${chance}`
    expect(() => uniformSoup(different)).toThrow(new RangeError(`uniformSoup: ${differ}; ${way}`))
    expect(uniformSoup(different, { allowDifferentOrigins: true })).toEqual({ weights, warning: differ })
    const unknown = [{ weights, origin: 'seed 1' }, { weights }]
    const fault = `the origin of member 1 is unknown; ${chance}`
    expect(() => uniformSoup(unknown)).toThrow(new RangeError(`uniformSoup: ${fault}; ${way}`))
    expect(uniformSoup(unknown, { allowDifferentOrigins: true }).warning).toBe(fault)
    expect(() => greedySoup(unknown, { score: () => 1 })).toThrow(
      new RangeError(`greedySoup: ${fault}; ${way}`),
    )
    expect(greedySoup(unknown, { score: () => 1, allowDifferentOrigins: true }).warning).toBe(fault)
    // Members that share their start, and one member alone.
    expect(uniformSoup([different[0], different[0]], { allowDifferentOrigins: true })).toEqual({ weights })
    expect(uniformSoup([{ weights }])).toEqual({ weights })
  })

  it('names the member and the tensor that do not fit', () => {
    type Named = SoupMember<Record<string, Vector>>
    const good: Named = { weights: { kernel: new Float32Array(4), bias: new Float32Array(2) }, origin: 'x' }
    const { kernel, bias } = good.weights
    const refused: readonly [Named['weights'], string][] = [
      [{ kernel: new Float32Array(3), bias }, "tensor 'kernel' must have length 4, got 3"],
      [{ kernel: new Float64Array(4), bias }, "tensor 'kernel' must be a Float32Array, got a Float64Array"],
      [{ kernel }, "tensor 'bias' is missing"],
      [{ kernel, bias, scale: bias }, "unknown tensor 'scale'; there are: kernel, bias"],
      [{ kernel, bias: new Float32Array([0, Number.NaN]) }, "tensor 'bias' must be finite, got NaN at 1"],
    ]
    for (const [weights, message] of refused) {
      const members = [good, { ...good, name: 'b', weights }]
      expect(() => uniformSoup(members)).toThrow(`uniformSoup: member 'b': ${message}`)
      expect(() => greedySoup(members, { score: () => 0 })).toThrow(`greedySoup: member 'b': ${message}`)
    }
    expect(() => uniformSoup([])).toThrow(
      new RangeError('uniformSoup: members must be one or more, got none'),
    )
  })
})

describe('a greedy soup', () => {
  it('is what it is by hand', () => {
    // Scores -1, -1, -100. The mean of 0 and 2 is 1, of score 0; with 11 it would be 13/3.
    const members = [11, 0, 2].map((value) => ({ weights: new Float64Array([value]), origin: 'x' }))
    const soup = greedySoup(members, { score: nearOnes })
    expect(soup).toEqual({
      weights: new Float64Array([1]),
      chosen: [1, 2],
      score: 0,
      memberScores: [-100, -1, -1],
      path: [-1, 0],
    })
  })

  it('is never below the best member, never falls, and is the uniform soup of the chosen, bit for bit', () => {
    fc.assert(
      fc.property(vectors, fc.constantFrom(nearOnes, positives), (all, score) => {
        const members = membersOf(all)
        const soup = greedySoup(members, { score })
        expect(soup.memberScores).toEqual(members.map(({ weights }) => score(weights)))
        expect(soup.score).toBeGreaterThanOrEqual(Math.max(...soup.memberScores))
        expect(soup.score).toBe(score(soup.weights))
        expect(soup.path).toEqual([...soup.path].sort((a, b) => a - b))
        expect(soup.path.length).toBe(soup.chosen.length)
        expect(soup.weights).toEqual(uniformSoup(soup.chosen.map((index) => members[index])).weights)
      }),
    )
  })

  it('is the textbook recipe', () => {
    fc.assert(
      fc.property(vectors, (all) => {
        const ranked = all
          .map((values, index) => ({ index, score: nearOnes(new Float64Array(values)) }))
          .sort((a, b) => b.score - a.score || a.index - b.index)
        const ingredients: number[] = []
        let best = Number.NEGATIVE_INFINITY
        let close = false
        for (const { index } of ranked) {
          const score = nearOnes(new Float64Array(meanOf(all, [...ingredients, index])))
          // Rounding decides here, and may decide otherwise.
          if (Math.abs(score - best) < 1e-9) close = true
          if (score < best) continue
          ingredients.push(index)
          best = score
        }
        fc.pre(!close)
        const soup = greedySoup(membersOf(all), { score: nearOnes })
        expect(soup.chosen).toEqual(ingredients)
        expect(Math.abs(soup.score - best)).toBeLessThan(1e-9)
      }),
    )
  })

  it('does not depend on the order of members of different scores', () => {
    fc.assert(
      fc.property(vectors, (all) => {
        const scores = all.map((values) => nearOnes(new Float64Array(values)))
        fc.pre(new Set(scores).size === scores.length)
        const there = greedySoup(membersOf(all), { score: nearOnes })
        const back = greedySoup(membersOf([...all].reverse()), { score: nearOnes })
        expect(back.weights).toEqual(there.weights)
        expect(back.chosen.map((index) => all.length - 1 - index)).toEqual(there.chosen)
      }),
    )
  })

  it('tries equal members in the order of the list, and bears scores that are infinite', () => {
    const members = [1, 2, 3].map((value) => ({ weights: new Float64Array([value]), origin: 'x' }))
    expect(greedySoup(members, { score: () => 7 }).chosen).toEqual([0, 1, 2])
    expect(greedySoup(members, { score: () => Number.NEGATIVE_INFINITY }).chosen).toEqual([0, 1, 2])
    // A mean that has no score is left out.
    const score = ([value]: Float64Array) => (Number.isInteger(value) ? value : Number.NaN)
    expect(greedySoup(members, { score })).toMatchObject({ chosen: [2], score: 3 })
  })

  it('costs 2 n - 1 scores, and refuses members without one', () => {
    let calls = 0
    const members = [1, 2, 3, 4].map((value) => ({ weights: new Float64Array([value]), origin: 'x' }))
    greedySoup(members, { score: () => ++calls })
    expect(calls).toBe(7)
    const score = ([value]: Float64Array) => (value === 2 ? Number.NaN : value)
    expect(() => greedySoup(members, { score })).toThrow(
      new RangeError('greedySoup: the score of member 1 must be a number, got NaN'),
    )
    expect(() => greedySoup(members, {} as never)).toThrow(
      new TypeError('greedySoup: score must be a function'),
    )
  })
})
