import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argmax } from '../argmax.ts'
import { drawnTable, ensembles, largestDifference, weightings } from '../tables.suite.ts'
import { type CombinationName, combine, createCombiner } from './combine.ts'
import { majorityVote } from './majority-vote.ts'
import { meanLogProbabilities } from './mean-log-probabilities.ts'
import { meanProbabilities } from './mean-probabilities.ts'
import { meanRank } from './mean-rank.ts'

const seed = 20_261_123
const ways: readonly CombinationName[] = [
  'meanProbabilities',
  'meanLogProbabilities',
  'majorityVote',
  'meanRank',
]

/** The definitions, read from the page: one row, all members at hand, no zeros. */
const textbook: Readonly<
  Record<CombinationName, (rows: readonly number[][], weights: readonly number[]) => number[]>
> = {
  meanProbabilities: (rows, weights) =>
    rows[0].map((_, k) => sum(rows.map((row, i) => weights[i] * row[k])) / sum(weights)),
  meanLogProbabilities(rows, weights) {
    const powers = rows[0].map((_, k) =>
      rows.map((row, i) => row[k] ** (weights[i] / sum(weights))).reduce((a, b) => a * b),
    )
    return powers.map((power) => power / sum(powers))
  },
  majorityVote: (rows, weights) =>
    rows[0].map(
      (_, k) =>
        sum(rows.map((row, i) => (row.indexOf(Math.max(...row)) === k ? weights[i] : 0))) / sum(weights),
    ),
  meanRank(rows, weights) {
    const rank = (row: number[], k: number) =>
      sum(row.map((p, j) => (j === k ? 0 : p < row[k] ? 1 : p === row[k] ? 0.5 : 0)))
    const ranks = rows[0].map((_, k) => sum(rows.map((row, i) => weights[i] * rank(row, k))))
    return ranks.map((each) => each / sum(ranks))
  },
}
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe.each(ways)('%s', (how) => {
  it('is its textbook form, rows sum to 1, weights sum to 1', () => {
    fc.assert(
      fc.property(ensembles, weightings, ({ members, rows, classes }, drawn) => {
        const weights = drawn.slice(0, members.length)
        const combined = combine(members, { how, classes, weights })
        for (let row = 0; row < rows; row++) {
          const slices = members.map((table) => Array.from(table.slice(row * classes, (row + 1) * classes)))
          const ours = combined.predictions.slice(row * classes, (row + 1) * classes)
          expect(largestDifference(ours, textbook[how](slices, weights))).toBeLessThan(1e-13)
          expect(Math.abs(sum(Array.from(ours)) - 1)).toBeLessThan(1e-14)
        }
        expect(Math.abs(sum(Array.from(combined.weights)) - 1)).toBeLessThan(1e-15)
        const shares = weights.map((weight) => weight / sum(weights))
        expect(largestDifference(combined.weights, shares)).toBeLessThan(1e-15)
      }),
      { seed, numRuns: 300 },
    )
  })

  it('streamed is the whole: bit for bit in the same order, within rounding in another; it may be read midway', () => {
    fc.assert(
      fc.property(ensembles, weightings, ({ members, rows, classes }, drawn) => {
        const weights = drawn.slice(0, members.length)
        const whole = combine(members, { how, classes, weights })
        const forward = createCombiner({ how, classes, rows })
        const backward = createCombiner({ how, classes, rows })
        for (const [index, member] of members.entries()) {
          forward.add(member, weights[index])
          if (index === 0) expect(forward.result().weights).toEqual(new Float64Array([1]))
        }
        for (let index = members.length - 1; index >= 0; index--) backward.add(members[index], weights[index])
        expect(forward.result()).toEqual(whole)
        expect(forward.result()).toEqual(whole)
        expect(largestDifference(backward.result().predictions, whole.predictions)).toBeLessThan(1e-13)
        expect(backward.result().weights.toReversed()).toSatisfy(
          (shares: Float64Array) => largestDifference(shares, whole.weights) < 1e-15,
        )
      }),
      { seed, numRuns: 200 },
    )
  })

  it('permuting rows permutes the result bit for bit; a member of weight 0 changes nothing', () => {
    fc.assert(
      fc.property(ensembles, ({ members, rows, classes }) => {
        const turned = (table: Float64Array) =>
          Float64Array.from(table, (_, at) => {
            const row = rows - 1 - Math.floor(at / classes)
            return table[row * classes + (at % classes)]
          })
        const plain = combine(members, { how, classes }).predictions
        expect(combine(members.map(turned), { how, classes }).predictions).toEqual(turned(plain))
        const extra = [drawnTable(rows, classes, 1), ...members]
        const weights = [0, ...members.map(() => 1)]
        expect(combine(extra, { how, classes, weights }).predictions).toEqual(plain)
      }),
      { seed, numRuns: 100 },
    )
  })
})

it.each(['meanProbabilities', 'meanLogProbabilities'] as const)(
  '%s of equal members is the member',
  (how) => {
    fc.assert(
      fc.property(ensembles, weightings, ({ members: [member], classes }, weights) => {
        const { predictions } = combine(
          weights.map(() => member),
          { how, classes, weights },
        )
        if (how === 'meanProbabilities') expect(predictions).toEqual(member)
        else expect(largestDifference(predictions, member)).toBeLessThan(1e-14)
      }),
      { seed, numRuns: 200 },
    )
  },
)

it('a refused member changes nothing', () => {
  const combiner = createCombiner({ classes: 2, rows: 1 })
  combiner.add(new Float64Array([0.25, 0.75]))
  expect(() => combiner.add(new Float64Array([0.25, 0.5]))).toThrow('member 1 row 0 must sum to 1, got 0.75')
  expect(combiner.result().predictions).toEqual(new Float64Array([0.25, 0.75]))
})

describe('by hand', () => {
  const table = (...values: number[]) => new Float64Array(values)

  it('means', () => {
    const members = [table(0.9, 0.1), table(0.5, 0.5)]
    // (.9 + .5) / 2; with weights 3 to 1: (2.7 + .5) / 4
    expect(meanProbabilities(members, { classes: 2 })[0]).toBeCloseTo(0.7, 15)
    expect(meanProbabilities(members, { classes: 2, weights: [3, 1] })[0]).toBeCloseTo(0.8, 15)
    // sqrt(.45) : sqrt(.05) = 3 : 1
    expect(meanLogProbabilities(members, { classes: 2 })[0]).toBeCloseTo(0.75, 15)
  })

  it('Float32Array members give f64 results', () => {
    const single = new Float32Array([0.9, 0.1])
    expect(meanProbabilities([single], { classes: 2 })).toEqual(Float64Array.from(single))
  })

  it('a zero rules a class out of the geometric mean', () => {
    const members = [table(0, 0.5, 0.5), table(0.8, 0.04, 0.16)]
    // sqrt(.02) : sqrt(.08) = 1 : 2
    const combined = meanLogProbabilities(members, { classes: 3 })
    expect(largestDifference(combined, [0, 1 / 3, 2 / 3])).toBeLessThan(1e-15)
  })

  it('where every class is ruled out, those with the least weight against them remain', () => {
    const members = [table(1, 0, 0), table(0, 1, 0)]
    expect(meanLogProbabilities(members, { classes: 3 })).toEqual(table(0.5, 0.5, 0))
    expect(meanLogProbabilities(members, { classes: 3, weights: [2, 1] })).toEqual(table(1, 0, 0))
    // Against class 0: .1 + .2, against class 1: .3, which differ by rounding alone.
    const three = [table(0, 1), table(0, 1), table(1, 0)]
    expect(meanLogProbabilities(three, { classes: 2, weights: [0.1, 0.2, 0.3] })).toEqual(table(0.5, 0.5))
  })

  it('which is the limit of a small number in place of zeros', () => {
    const members = [table(0.7, 0.3, 0, 0), table(0, 0, 0.4, 0.6), table(0.1, 0.2, 0.3, 0.4)]
    for (const weights of [
      [1, 1, 2],
      [2, 1, 1],
      [1, 2, 0],
    ]) {
      const ours = meanLogProbabilities(members, { classes: 4, weights })
      const nearly = members.map((each) => each.map((p) => Math.max(p, 1e-300)))
      const limit = meanLogProbabilities(nearly, { classes: 4, weights })
      expect(largestDifference(ours, limit)).toBeLessThan(1e-12)
    }
  })

  it('votes: a member of equal classes votes for the lowest, and equal shares are read as the lowest', () => {
    const members = [table(0.4, 0.4, 0.2), table(0, 0.4, 0.6)]
    const shares = majorityVote(members, { classes: 3 })
    expect(shares).toEqual(table(0.5, 0, 0.5))
    expect(argmax(shares, 3)).toEqual(new Int32Array([0]))
    expect(majorityVote(members, { classes: 3, weights: [1, 3] })).toEqual(table(0.25, 0, 0.75))
  })

  it('ranks: equal classes share theirs', () => {
    // Ranks 2 1 0 and 0.5 0.5 2, their sum 2.5 1.5 2 of 6.
    const members = [table(0.7, 0.2, 0.1), table(0.2, 0.2, 0.6)]
    const shares = meanRank(members, { classes: 3 })
    expect(largestDifference(shares, [2.5 / 6, 1.5 / 6, 2 / 6])).toBeLessThan(1e-15)
  })

  it('argmax takes the lowest of equal ones', () => {
    expect(argmax(table(1, 3, 3, 0, 0, 0), 3)).toEqual(new Int32Array([1, 0]))
  })
})
