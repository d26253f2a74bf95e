import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  accuracy,
  brier,
  type CombinationName,
  combine,
  disagreement,
  diversity,
  entropy,
  expectedCalibrationError,
  greedySelection,
  negativeLogLikelihood,
  softmax,
  temperatureObjective,
} from '@thalweg/ensembles'
import { minimize } from '@thalweg/lbfgs'
import { describe, expect, it } from 'vitest'

interface Scores {
  readonly accuracy: number
  readonly negativeLogLikelihood: number | 'Infinity'
  readonly brier: number
  readonly entropy: number
  readonly calibration: readonly {
    readonly bins: number
    readonly error: number
    readonly maximumError: number
    readonly counts: readonly number[]
  }[]
}

interface Golden {
  readonly tool: string
  readonly version: string
  readonly rows: number
  readonly classes: number
  readonly labels: readonly number[]
  readonly logits: readonly (readonly number[])[]
  readonly members: readonly (readonly number[])[]
  readonly memberScores: readonly Scores[]
  readonly temperatures: readonly number[]
  readonly combinations: readonly {
    readonly how: CombinationName
    readonly weights: readonly number[] | null
    readonly predictions: readonly number[]
    readonly scores: Scores
  }[]
  readonly disagreement: { readonly matrix: readonly number[]; readonly mean: number }
  readonly diversity: {
    readonly divergence: number
    readonly logGain: number
    readonly brierGain: number
  }
  readonly diversityWeights: readonly number[]
}

const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, 'ensembles.json'), 'utf8'))
const { rows, classes, labels } = golden
const members = golden.members.map((member) => Float64Array.from(member))
const near = (ours: number, theirs: number) => expect(Math.abs(ours - theirs)).toBeLessThan(1e-13)

function expectScores(table: Float64Array, scores: Scores): void {
  expect(accuracy(table, labels, classes)).toBe(scores.accuracy)
  near(brier(table, labels, classes), scores.brier)
  near(entropy(table, classes).reduce((a, b) => a + b) / rows, scores.entropy)
  const nll = negativeLogLikelihood(table, labels, classes)
  if (scores.negativeLogLikelihood === 'Infinity') expect(nll).toBe(Infinity)
  else near(nll, scores.negativeLogLikelihood)
  for (const { bins, error, maximumError, counts } of scores.calibration) {
    const ours = expectedCalibrationError(table, labels, classes, { bins })
    near(ours.error, error)
    near(ours.maximumError, maximumError)
    expect(ours.bins.map(({ count }) => count)).toEqual(counts)
  }
}

describe(`combining and scoring are ${golden.tool} ${golden.version} to 1e-13`, () => {
  it.each(golden.combinations)('$how, weights $weights', ({ how, weights, predictions, scores }) => {
    const options = weights === null ? { how, classes } : { how, classes, weights }
    const ours = combine(members, options).predictions
    expect(ours.length).toBe(predictions.length)
    for (const [at, value] of ours.entries()) near(value, predictions[at])
    // Of theirs: shares that tie or lie on the edge of a bin may round otherwise.
    expectScores(Float64Array.from(predictions), scores)
  })

  it.each([...members.keys()])('the scores of member %i', (index) => {
    expectScores(members[index], golden.memberScores[index])
  })

  it('disagreement and diversity', () => {
    const { matrix, mean } = disagreement(members, { classes })
    expect(Array.from(matrix)).toEqual(golden.disagreement.matrix)
    near(mean, golden.disagreement.mean)
    const ours = diversity(members, { classes, weights: golden.diversityWeights })
    near(ours.divergence, golden.diversity.divergence)
    near(ours.logGain, golden.diversity.logGain)
    near(ours.brierGain, golden.diversity.brierGain)
  })

  it('the best temperatures, to 1e-9', () => {
    for (const [index, logits] of golden.logits.entries()) {
      const { start, evaluate } = temperatureObjective(Float64Array.from(logits), labels, classes)
      const { x } = minimize(evaluate, start, { tolerance: { gradient: 1e-12 } })
      expect(Math.exp(x[0]) / golden.temperatures[index]).toBeCloseTo(1, 9)
    }
  })

  it('softmax of the logits, where members were not changed by hand', () => {
    for (const index of [2, 3]) {
      const ours = softmax(Float64Array.from(golden.logits[index]), classes)
      for (const [at, value] of ours.entries()) near(value, members[index][at])
    }
  })

  it('greedy selection on these members is no worse than the best of them', () => {
    const { value, memberValues } = greedySelection(members, labels, { classes })
    expect(value).toBeLessThanOrEqual(Math.min(...memberValues))
  })
})
