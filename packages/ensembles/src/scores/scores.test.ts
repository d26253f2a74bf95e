import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanLogProbabilities } from '../combine/mean-log-probabilities.ts'
import { meanProbabilities } from '../combine/mean-probabilities.ts'
import { drawnTable, ensembles, largestDifference, weightings } from '../tables.suite.ts'
import { accuracy } from './accuracy.ts'
import { brier } from './brier.ts'
import { disagreement } from './disagreement.ts'
import { diversity } from './diversity.ts'
import { entropy } from './entropy.ts'
import { expectedCalibrationError } from './expected-calibration-error.ts'
import { klDivergence } from './kl-divergence.ts'
import { negativeLogLikelihood } from './negative-log-likelihood.ts'

const seed = 20_261_123
const table = (...values: number[]) => new Float64Array(values)
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length
const weighted = (values: ArrayLike<number>, weights: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value, index) => sum + value * weights[index], 0)

describe('by hand', () => {
  const predictions = table(0.7, 0.2, 0.1, 0.3, 0.3, 0.4)
  const labels = [0, 1]

  it('accuracy; of equally probable classes the lowest counts', () => {
    expect(accuracy(predictions, labels, 3)).toBe(0.5)
    expect(accuracy(table(0.4, 0.4, 0.2), [0], 3)).toBe(1)
    expect(accuracy(table(0.4, 0.4, 0.2), [1], 3)).toBe(0)
  })

  it('negative log-likelihood: (-log .7 - log .3) / 2; a zero at the label is Infinity, elsewhere nothing', () => {
    const nll = negativeLogLikelihood(predictions, labels, 3)
    expect(nll).toBeCloseTo(-(Math.log(0.7) + Math.log(0.3)) / 2, 15)
    expect(negativeLogLikelihood(table(0, 1), [0], 2)).toBe(Infinity)
    expect(negativeLogLikelihood(table(0, 1), [1], 2)).toBe(0)
  })

  it('Brier: ((.09 + .04 + .01) + (.09 + .49 + .16)) / 2; from 0, all right, to 2, all wrong', () => {
    expect(brier(predictions, labels, 3)).toBeCloseTo(0.44, 15)
    expect(brier(table(1, 0), [0], 2)).toBe(0)
    expect(brier(table(1, 0), [1], 2)).toBe(2)
  })

  it('entropy: log 2 of a coin, 0 of certainty', () => {
    expect(entropy(table(0.5, 0.5, 0, 1), 2)).toEqual(table(Math.log(2), 0))
  })

  it('divergence: .5 log(.5 / .25) + .5 log(.5 / .75); Infinity where only the reference is 0', () => {
    const found = klDivergence(table(0.5, 0.5, 0.5, 0.5, 0, 1), table(0.25, 0.75, 0, 1, 0.5, 0.5), 2)
    const expected = 0.5 * Math.log(2) + 0.5 * Math.log(2 / 3)
    expect(found[0]).toBeCloseTo(expected, 15)
    expect(found[1]).toBe(Infinity)
    expect(found[2]).toBeCloseTo(Math.log(2), 15)
  })

  it('disagreement: choices 0 1, 0 0 and 1 0 differ on 1, 2 and 1 of 2 rows', () => {
    const members = [table(1, 0, 0, 1), table(1, 0, 1, 0), table(0, 1, 1, 0)]
    const { matrix, mean: average } = disagreement(members, { classes: 2 })
    expect(matrix).toEqual(table(0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5, 0))
    expect(average).toBeCloseTo(2 / 3, 15)
    expect(disagreement(members.slice(0, 1), { classes: 2 })).toEqual({ matrix: table(0), mean: 0 })
  })

  it('diversity of two members that share no class: log 2, Infinity, 1', () => {
    // To the mean (.5, .5) each has a divergence of log 2 and a squared distance of .25 + .25.
    const members = [table(1, 0), table(0, 1)]
    const { divergence, logGain, brierGain } = diversity(members, { classes: 2 })
    expect([divergence, logGain, brierGain]).toEqual([Math.log(2), Infinity, 0.5])
    const certain = diversity([members[0], table(0.9, 0.1)], { classes: 2, weights: [0, 1] })
    expect(certain.divergence).toBe(0)
    expect(certain.logGain).toBeCloseTo(0, 15)
    // (.9, .1) and (.5, .5): -log(sqrt(.45) + sqrt(.05)); twice (.2^2) in each.
    const second = diversity([table(0.9, 0.1), table(0.5, 0.5)], { classes: 2 })
    expect(second.logGain).toBeCloseTo(-Math.log(Math.sqrt(0.45) + Math.sqrt(0.05)), 15)
    expect(second.brierGain).toBeCloseTo(0.08, 15)
  })
})

describe('expected calibration error', () => {
  it('by hand: two bins, |.5 - .9| on 2 of 3 rows and |1 - .5| on one, which is on the edge of the first', () => {
    const predictions = table(0.5, 0.5, 0.9, 0.1, 0.1, 0.9)
    const { error, maximumError, bins } = expectedCalibrationError(predictions, [0, 0, 0], 2, { bins: 2 })
    expect(error).toBeCloseTo((2 / 3) * 0.4 + (1 / 3) * 0.5, 15)
    expect(maximumError).toBe(0.5)
    expect(bins).toEqual([
      { low: 0, high: 0.5, count: 1, confidence: 0.5, accuracy: 1 },
      { low: 0.5, high: 1, count: 2, confidence: 0.9, accuracy: 0.5 },
    ])
  })

  it('has 15 bins unless told otherwise; edges belong to the lower bin, whatever their rounding', () => {
    expect(expectedCalibrationError(table(1, 0), [0], 2).bins.length).toBe(15)
    for (let bins = 2; bins < 100; bins++) {
      for (let bin = Math.ceil(bins / 2); bin <= bins; bin++) {
        const edge = bin / bins
        const found = expectedCalibrationError(table(edge, 1 - edge), [0], 2, { bins })
        expect(found.bins.findIndex(({ count }) => count === 1)).toBe(bin - 1)
        if (bin === bins) continue
        const above = edge + 2 ** -53
        const next = expectedCalibrationError(table(above, 1 - above), [0], 2, { bins })
        expect(next.bins.findIndex(({ count }) => count === 1)).toBe(bin)
      }
    }
  })

  it('a confidence above 1 by rounding is in the last bin; an empty bin has NaN', () => {
    const { bins } = expectedCalibrationError(new Float32Array([1.00002, 0]), [0], 2, { bins: 2 })
    expect(bins[1].count).toBe(1)
    expect(bins[0]).toEqual({
      low: 0,
      high: 0.5,
      count: 0,
      confidence: Number.NaN,
      accuracy: Number.NaN,
    })
  })

  it('one bin: the distance of accuracy from mean confidence; bounded by the maximum error', () => {
    fc.assert(
      fc.property(ensembles, ({ members: [member], labels, rows, classes }) => {
        const confidence = mean(
          Array.from({ length: rows }, (_, row) =>
            Math.max(...member.slice(row * classes, (row + 1) * classes)),
          ),
        )
        const one = expectedCalibrationError(member, labels, classes, { bins: 1 })
        expect(one.error).toBeCloseTo(Math.abs(accuracy(member, labels, classes) - confidence), 14)
        const many = expectedCalibrationError(member, labels, classes)
        expect(many.error).toBeGreaterThanOrEqual(one.error - 1e-14)
        expect(many.error).toBeLessThanOrEqual(many.maximumError + 1e-14)
        expect(many.bins.reduce((sum, { count }) => sum + count, 0)).toBe(rows)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('refuses bins that are no whole number', () => {
    const message = 'expectedCalibrationError: bins must be a whole number in [1, ∞), got 0'
    expect(() => expectedCalibrationError(table(1, 0), [0], 2, { bins: 0 })).toThrow(new RangeError(message))
  })
})

describe('laws', () => {
  it('the mean of probabilities never scores above the members mean, nor does the geometric mean in likelihood', () => {
    fc.assert(
      fc.property(ensembles, weightings, ({ members, labels, classes }, drawn) => {
        const weights = drawn.slice(0, members.length)
        const total = weights.reduce((a, b) => a + b)
        const shares = weights.map((weight) => weight / total)
        const nll = weighted(
          members.map((member) => negativeLogLikelihood(member, labels, classes)),
          shares,
        )
        const score = weighted(
          members.map((member) => brier(member, labels, classes)),
          shares,
        )
        const together = meanProbabilities(members, { classes, weights })
        const geometric = meanLogProbabilities(members, { classes, weights })
        const rounding = 1e-14 * (1 + nll)
        expect(negativeLogLikelihood(together, labels, classes)).toBeLessThanOrEqual(nll + rounding)
        expect(brier(together, labels, classes)).toBeLessThanOrEqual(score + 1e-14)

        // The gains, to the digit: ambiguity decompositions, whatever the labels.
        const { logGain, brierGain, divergence } = diversity(members, { classes, weights })
        const geometricNll = negativeLogLikelihood(geometric, labels, classes)
        expect(Math.abs(nll - geometricNll - logGain)).toBeLessThan(10 * rounding)
        expect(Math.abs(score - brier(together, labels, classes) - brierGain)).toBeLessThan(1e-13)
        expect(logGain).toBeGreaterThanOrEqual(-rounding)
        expect(brierGain).toBeGreaterThanOrEqual(0)

        // sum w KL(q || p_i), and the entropies' difference.
        const toMembers = weighted(
          members.map((member) => mean(klDivergence(geometric, member, classes))),
          shares,
        )
        expect(Math.abs(toMembers - logGain)).toBeLessThan(10 * rounding)
        const entropies = weighted(
          members.map((member) => mean(entropy(member, classes))),
          shares,
        )
        expect(Math.abs(mean(entropy(together, classes)) - entropies - divergence)).toBeLessThan(1e-13)
        expect(divergence).toBeGreaterThanOrEqual(0)
        expect(divergence).toBeLessThanOrEqual(Math.log(members.length) + 1e-14)
      }),
      { seed, numRuns: 400 },
    )
  })

  it('equal members have no diversity and no disagreement', () => {
    fc.assert(
      fc.property(ensembles, ({ members: [member], classes }) => {
        const { divergence, logGain, brierGain } = diversity([member, member, member], { classes })
        expect([divergence, brierGain]).toEqual([0, 0])
        expect(Math.abs(logGain)).toBeLessThan(1e-14)
        expect(disagreement([member, member], { classes }).mean).toBe(0)
      }),
      { seed, numRuns: 100 },
    )
  })

  it('a divergence is at least 0, 0 of equal rows, above it otherwise, and bounds the distance (Pinsker)', () => {
    fc.assert(
      fc.property(ensembles, ({ members, rows, classes }) => {
        const reference = drawnTable(rows, classes, 5)
        expect(klDivergence(members[0], members[0], classes)).toEqual(new Float64Array(rows))
        for (const [row, divergence] of klDivergence(members[0], reference, classes).entries()) {
          let distance = 0
          for (let at = row * classes; at < (row + 1) * classes; at++) {
            distance += Math.abs(members[0][at] - reference[at])
          }
          expect(divergence).toBeGreaterThanOrEqual((distance * distance) / 2 - 1e-15)
          if (distance > 1e-6) expect(divergence).toBeGreaterThan(0)
        }
      }),
      { seed, numRuns: 200 },
    )
  })

  it('the order of members and of rows changes nothing', () => {
    fc.assert(
      fc.property(ensembles, ({ members, labels, rows, classes }) => {
        const turned = members.map((member) =>
          Float64Array.from(
            member,
            (_, at) => member[(rows - 1 - Math.floor(at / classes)) * classes + (at % classes)],
          ),
        )
        const scores = (tables: readonly Float64Array[], of: readonly number[]) => {
          const { divergence, logGain, brierGain } = diversity(tables, { classes })
          const { error, maximumError } = expectedCalibrationError(tables[0], of, classes)
          return [
            ...[accuracy, brier, negativeLogLikelihood].map((score) => score(tables[0], of, classes)),
            ...[error, maximumError, divergence, logGain, brierGain, disagreement(tables, { classes }).mean],
          ]
        }
        const plain = scores(members, labels)
        expect(largestDifference(scores(turned, labels.toReversed()), plain)).toBeLessThan(1e-13)
        const others = scores(members.toReversed(), labels).slice(5)
        expect(largestDifference(others, plain.slice(5))).toBeLessThan(1e-13)
      }),
      { seed, numRuns: 100 },
    )
  })
})
