import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanProbabilities } from '../combine/mean-probabilities.ts'
import { accuracy } from '../scores/accuracy.ts'
import { brier } from '../scores/brier.ts'
import { negativeLogLikelihood } from '../scores/negative-log-likelihood.ts'
import { drawnTable, ensembles, largestDifference } from '../tables.suite.ts'
import { greedySelection, type SelectionOptions } from './greedy-selection.ts'
import type { MetricName } from './metric.ts'

const seed = 20_261_123
const table = (...values: number[]) => new Float64Array(values)
const measures = { accuracy, brier, negativeLogLikelihood }
const signs: Readonly<Record<MetricName, number>> = { accuracy: -1, brier: 1, negativeLogLikelihood: 1 }

const options = fc.record({
  metric: fc.constantFrom<MetricName[]>('accuracy', 'brier', 'negativeLogLikelihood'),
  initialCount: fc.constantFrom<(number | 'best')[]>(1, 3, 'best'),
  maxAdditions: fc.integer({ min: 0, max: 12 }),
  patience: fc.integer({ min: 1, max: 4 }),
  bags: fc.integer({ min: 1, max: 4 }),
  bagFraction: fc.constantFrom(0.2, 0.5, 1),
  seed: fc.nat(1000),
})

/** The selection of one bag of all members that starts from the best one, every mean computed anew. */
function textbook(
  members: readonly Float64Array[],
  classes: number,
  loss: (of: Float64Array) => number,
  maxAdditions: number,
): { counts: number[]; path: number[] } {
  const meanLoss = (chosen: readonly number[]) =>
    loss(
      meanProbabilities(
        chosen.map((index) => members[index]),
        { classes },
      ),
    )
  const smallest = (losses: readonly number[]) => losses.indexOf(Math.min(...losses))
  let chosen = [smallest(members.map((_, index) => meanLoss([index])))]
  let best = chosen
  const path = [meanLoss(chosen)]
  for (let addition = 0; addition < maxAdditions; addition++) {
    const next = smallest(members.map((_, index) => meanLoss([...chosen, index])))
    chosen = [...chosen, next]
    path.push(meanLoss(chosen))
    if (meanLoss(chosen) < meanLoss(best)) best = chosen
  }
  return { counts: members.map((_, index) => best.filter((each) => each === index).length), path }
}

describe('greedy selection', () => {
  it('never scores below the best member; its weights sum to 1 and give its value; the same seed, the same result', () => {
    fc.assert(
      fc.property(ensembles, options, ({ members, labels, classes }, drawn) => {
        const selection = greedySelection(members, labels, { classes, ...drawn })
        const { weights, value, memberValues, bestMember, paths } = selection
        const measure = measures[drawn.metric]
        const sign = signs[drawn.metric]
        expect(Array.from(memberValues)).toEqual(members.map((member) => measure(member, labels, classes)))
        for (const other of memberValues)
          expect(sign * memberValues[bestMember]).toBeLessThanOrEqual(sign * other)
        expect(sign * value).toBeLessThanOrEqual(sign * memberValues[bestMember])
        expect(value).toBe(measure(meanProbabilities(members, { classes, weights }), labels, classes))
        expect(Math.abs(weights.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-15)
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0)
        expect(paths.length).toBe(drawn.bags)
        for (const path of paths) expect(path.length).toBeLessThanOrEqual(1 + drawn.maxAdditions)
        expect(greedySelection(members, labels, { classes, ...drawn })).toEqual(selection)
      }),
      { seed, numRuns: 500 },
    )
  })

  it('one bag of all members is the textbook algorithm', () => {
    fc.assert(
      fc.property(ensembles, fc.nat(8), ({ members, labels, classes }, maxAdditions) => {
        const { weights, paths } = greedySelection(members, labels, {
          classes,
          metric: 'brier',
          bags: 1,
          bagFraction: 1,
          initialCount: 1,
          maxAdditions,
          patience: 100,
        })
        const loss = (of: Float64Array) => brier(of, labels, classes)
        const expected = textbook(members, classes, loss, maxAdditions)
        const total = expected.counts.reduce((a, b) => a + b)
        expect(largestDifference(paths[0], expected.path)).toBeLessThan(1e-14)
        const shares = expected.counts.map((count) => count / total)
        expect(largestDifference(weights, shares)).toBeLessThan(1e-14)
      }),
      { seed, numRuns: 150 },
    )
  })

  it('in one bag of all, the order of members changes nothing', () => {
    const members = [1, 2, 3, 4].map((each) => drawnTable(40, 3, each, 2))
    const labels = Array.from({ length: 40 }, (_, row) => row % 3)
    const all = { classes: 3, bags: 1, bagFraction: 1 } as const
    const { weights, paths } = greedySelection(members, labels, all)
    const turned = greedySelection(members.toReversed(), labels, all)
    expect(weights.filter((weight) => weight > 0).length).toBeGreaterThan(1)
    expect(largestDifference(turned.weights.toReversed(), weights)).toBeLessThan(1e-15)
    expect(largestDifference(turned.paths[0], paths[0])).toBeLessThan(1e-14)
  })

  it('by hand: two members that err apart, from the better one, with replacement', () => {
    const members = [
      table(0.8, 0.2, 0.4, 0.6),
      table(0.3, 0.7, 0.9, 0.1),
      table(0.1, 0.9, 0.1, 0.9),
      table(0.3, 0.7, 0.9, 0.1),
    ]
    const all = {
      classes: 2,
      metric: 'brier',
      bags: 1,
      bagFraction: 1,
      initialCount: 1,
      patience: 1,
    } as const
    const selection = greedySelection(members, [0, 0], all)
    // Members: 2 (.04 + .36) / 2 = .4, 2 (.49 + .01) / 2 = .5, 1.62. With 0 1 added: means .55 .65, .2025 + .1225 = .325.
    // Then 0 0 1: .6333 .5667, .3222; then 0 0 1 1 again .325: worse, the end.
    expect(largestDifference(selection.memberValues, [0.4, 0.5, 1.62, 0.5])).toBeLessThan(1e-15)
    expect(selection.bestMember).toBe(0)
    const third = (11 / 30) ** 2 + (13 / 30) ** 2
    expect(largestDifference(selection.paths[0], [0.4, 0.325, third, 0.325])).toBeLessThan(1e-15)
    expect(largestDifference(selection.weights, [2 / 3, 1 / 3, 0, 0])).toBeLessThan(1e-15)
    expect(selection.value).toBeCloseTo(third, 15)
    expect(selection.source).toBe('bags')
  })

  it('stops after as many additions in vain as it has patience for, and keeps what was there before them', () => {
    const members = [table(0.6, 0.4), table(0.7, 0.3)]
    for (const patience of [1, 5]) {
      const all = { classes: 2, metric: 'accuracy', bags: 1, bagFraction: 1, patience } as const
      const { weights, paths } = greedySelection(members, [0], all)
      expect(weights).toEqual(table(1, 0))
      expect(paths).toEqual([Array.from({ length: 1 + patience }, () => 1)])
    }
  })

  it('other seeds draw other bags', () => {
    const members = [1, 2, 3, 4, 5].map((each) => drawnTable(20, 3, each, 2))
    const labels = Array.from({ length: 20 }, (_, row) => row % 3)
    const first = greedySelection(members, labels, { classes: 3, seed: 1 })
    expect(first).toEqual(greedySelection(members, labels, { classes: 3, seed: 1 }))
    expect(first.paths).not.toEqual(greedySelection(members, labels, { classes: 3, seed: 2 }).paths)
  })

  it('starts from the best N, or from as many of the best as score best together', () => {
    const members = [table(0.1, 0.9, 0.1, 0.9), table(0.3, 0.7, 0.9, 0.1), table(0.8, 0.2, 0.4, 0.6)]
    const start = (initialCount: number | 'best') =>
      greedySelection(members, [0, 0], {
        classes: 2,
        metric: 'brier',
        bags: 1,
        bagFraction: 1,
        initialCount,
        maxAdditions: 0,
      })
    expect(largestDifference(start(1).weights, [0, 0, 1])).toBe(0)
    expect(largestDifference(start(2).weights, [0, 0.5, 0.5])).toBe(0)
    expect(largestDifference(start('best').weights, [0, 0.5, 0.5])).toBe(0)
    // All three score below the best alone, which is then taken.
    expect(start(9).source).toBe('best-member')
    expect(start(9).weights).toEqual(table(0, 0, 1))
  })

  it('bags that lack the best member may score below it; then all members are looked at together', () => {
    const members = [drawnTable(30, 3, 8), drawnTable(30, 3, 9), drawnTable(30, 3, 10)]
    const labels = Array.from({ length: 30 }, (_, row) => row % 3)
    const right = table(...labels.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 0.98 : 0.01))))
    const selection = greedySelection([...members, right], labels, { classes: 3, bags: 5 })
    expect(selection.source).toBe('all-members')
    expect(selection.weights).toEqual(table(0, 0, 0, 1))
  })

  it('takes a metric of the caller, and says so when it gives no number', () => {
    const members = [table(0.9, 0.1), table(0.2, 0.8)]
    const second = { better: 'higher', measure: (of: Float32Array | Float64Array) => of[1] } as const
    expect(greedySelection(members, [0], { classes: 2, metric: second }).weights[1]).toBe(1)
    const nothing = { better: 'lower', measure: () => Number.NaN } as const
    expect(() => greedySelection(members, [0], { classes: 2, metric: nothing })).toThrow(
      new RangeError('greedySelection: metric must give a number, got NaN'),
    )
  })

  it.each<[string, Partial<SelectionOptions>, string]>([
    ['bags', { bags: 0 }, 'bags must be a whole number in [1, ∞), got 0'],
    ['bag fraction', { bagFraction: 0 }, 'bagFraction must be a number in (0, 1], got 0'],
    ['initial count', { initialCount: 1.5 }, 'initialCount must be a whole number in [1, ∞), got 1.5'],
    ['additions', { maxAdditions: -1 }, 'maxAdditions must be a whole number in [0, ∞), got -1'],
    ['patience', { patience: 0 }, 'patience must be a whole number in [1, ∞), got 0'],
    ['seed', { seed: -1 }, 'seed must be a whole number in [0, 2^32), got -1'],
    [
      'metric',
      { metric: 'loss' as 'brier' },
      'metric must be one of accuracy, negativeLogLikelihood, brier or a metric of your own, got loss',
    ],
  ])('refuses a wrong %s', (_, wrong, message) => {
    expect(() => greedySelection([table(1, 0)], [0], { classes: 2, ...wrong })).toThrow(
      new RangeError(`greedySelection: ${message}`),
    )
  })
})
