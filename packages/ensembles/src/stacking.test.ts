import { minimize } from '@thalweg/lbfgs'
import { finiteDifference, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanLogProbabilities } from './combine/mean-log-probabilities.ts'
import { negativeLogLikelihood } from './scores/negative-log-likelihood.ts'
import { softmax } from './softmax.ts'
import { applyStacking, stackingObjective } from './stacking.ts'
import { drawnTable, ensembles, largestDifference } from './tables.suite.ts'

const seed = 20_261_123

/** A member whose logit at the label is higher by `skill`, among noise. */
function skilled(labels: readonly number[], classes: number, skill: number, noise: number): Float64Array {
  const logits = sequence(labels.length * classes, noise)
  return softmax(
    logits.map((value, at) => 2 * value + (at % classes === labels[Math.floor(at / classes)] ? skill : 0)),
    classes,
  )
}

const classes = 3
const labels = Array.from({ length: 120 }, (_, row) => (row * 7) % classes)
const members = [
  skilled(labels, classes, 1.5, 1),
  skilled(labels, classes, 0, 2),
  skilled(labels, classes, 0.7, 3),
]

describe('stacking', () => {
  it('starts as the geometric mean', () => {
    fc.assert(
      fc.property(ensembles, fc.boolean(), (ensemble, perClass) => {
        const { start, evaluate } = stackingObjective(ensemble.members, ensemble.labels, {
          classes: ensemble.classes,
          perClass,
          l2: 0.3,
        })
        const mean = meanLogProbabilities(ensemble.members, ensemble)
        expect(largestDifference(applyStacking(start, ensemble.members, ensemble), mean)).toBeLessThan(1e-13)
        const nll = negativeLogLikelihood(mean, ensemble.labels, ensemble.classes)
        const loss = evaluate(start, new Float64Array(start.length))
        expect(Math.abs(loss - nll)).toBeLessThan(1e-12 * (1 + nll))
      }),
      { seed, numRuns: 100 },
    )
  })

  it('is the negative log-likelihood of what applyStacking gives, and the penalty; its gradient exact to 1e-9', () => {
    fc.assert(
      fc.property(ensembles, fc.boolean(), fc.nat(1000), (drawn, perClass, draw) => {
        // Log-probabilities of a few units: differences are right to ten digits.
        const { rows, classes } = drawn
        const members = drawn.members.map((_, index) => drawnTable(rows, classes, draw + index, 1))
        const ensemble = { ...drawn, members }
        const options = { classes, perClass, l2: 0.3 }
        const { start, evaluate } = stackingObjective(ensemble.members, ensemble.labels, options)
        const x = sequence(start.length, draw)
        const gradient = new Float64Array(x.length).fill(7)
        const loss = evaluate(x, gradient)
        const predictions = applyStacking(x, ensemble.members, ensemble)
        const penalty = x.reduce((sum, value, index) => sum + 0.15 * (value - start[index]) ** 2, 0)
        const expected = negativeLogLikelihood(predictions, ensemble.labels, ensemble.classes) + penalty
        expect(Math.abs(loss - expected)).toBeLessThan(1e-12 * (1 + expected))
        const measured = finiteDifference(() => evaluate(x, new Float64Array(x.length)), x)
        expect(largestDifference(gradient, measured)).toBeLessThan(1e-9 * (1 + expected))
      }),
      { seed, numRuns: 100 },
    )
  })

  it.each([false, true])(
    'fitted by L-BFGS, per class: %s, is below every member and their mean',
    (perClass) => {
      const { start, evaluate } = stackingObjective(members, labels, { classes, perClass })
      const { x, f, status } = minimize(evaluate, start)
      expect(status).toMatch(/^converged/)
      const nll = (table: Float64Array) => negativeLogLikelihood(table, labels, classes)
      expect(nll(applyStacking(x, members, { classes }))).toBeCloseTo(f, 12)
      for (const member of [...members, meanLogProbabilities(members, { classes })]) {
        expect(f).toBeLessThan(nll(member))
      }
      // The member without skill counts for little beside the best.
      if (!perClass) expect(Math.abs(x[1])).toBeLessThan(x[0] / 5)
    },
  )

  it('weights bounded by the minimiser stay at least 0; a large l2 keeps the geometric mean', () => {
    const misled = skilled(labels, classes, -1.5, 5)
    const { start, evaluate } = stackingObjective([members[0], misled], labels, { classes })
    expect(minimize(evaluate, start).x[1]).toBeLessThan(0)
    const bounded = minimize(evaluate, start, { bounds: { lower: 0 } }).x
    expect(bounded[1]).toBe(0)
    const pulled = stackingObjective(members, labels, { classes, l2: 1e9 })
    expect(largestDifference(minimize(pulled.evaluate, pulled.start).x, pulled.start)).toBeLessThan(1e-8)
  })

  it('a probability of 0 counts as 2^-126: loss and gradient stay finite', () => {
    const sure = new Float64Array([1, 0, 0, 1])
    const { evaluate } = stackingObjective([sure, drawnTable(2, 2, 1)], [1, 1], { classes: 2 })
    const gradient = new Float64Array(2)
    const loss = evaluate(new Float64Array([1, 0]), gradient)
    // Row 0: -log p = 126 log 2; row 1: 0.
    expect(loss).toBeCloseTo(63 * Math.log(2), 12)
    expect(gradient[0]).toBeCloseTo(63 * Math.log(2), 12)
  })

  it.each<[string, () => unknown, string]>([
    [
      'l2',
      () => stackingObjective(members, labels, { classes, l2: -1 }),
      'stackingObjective: l2 must be a number in [0, ∞), got -1',
    ],
    [
      'too few parameters',
      () => applyStacking(new Float64Array(4), members, { classes }),
      'applyStacking: parameters must be 3 or 9 numbers, got 4',
    ],
    [
      'a parameter that is not finite',
      () => applyStacking(new Float64Array([0, Number.NaN, 0]), members, { classes }),
      'applyStacking: parameters[1] must be finite, got NaN',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(new RangeError(message))
  })
})
